/** Tests of the core's parts in an eight-bit key space that a person can read. */
@NullMarked
package io.cairnfs.dht.core;

import org.jspecify.annotations.NullMarked;
