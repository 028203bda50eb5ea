/** Blocks: immutable bytes named by their CID. */
@NullMarked
package io.cairnfs.protocol.block;

import org.jspecify.annotations.NullMarked;
