/** The block client: blocks by CID, wherever they are. */
@NullMarked
package io.cairnfs.client.block;

import org.jspecify.annotations.NullMarked;
