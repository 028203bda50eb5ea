/** How threads wait, and for how long. */
@NullMarked
package io.cairnfs.protocol.wait;

import org.jspecify.annotations.NullMarked;
