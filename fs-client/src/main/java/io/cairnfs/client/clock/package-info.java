/** Clocks that the Java platform does not have. */
@NullMarked
package io.cairnfs.client.clock;

import org.jspecify.annotations.NullMarked;
