/** The messages of the kernel's FUSE protocol, version 7: pure encoding and decoding. */
@NullMarked
package io.cairnfs.client.fuse.protocol;

import org.jspecify.annotations.NullMarked;
