/** Erasure coding: stripes of blocks with parity, so that any few of them may be lost. */
@NullMarked
package io.cairnfs.protocol.erasure;

import org.jspecify.annotations.NullMarked;
