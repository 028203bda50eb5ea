/** Lets go of what sweeps have not found alive, and gives its space back. */
@NullMarked
package io.cairnfs.node.sweep;

import org.jspecify.annotations.NullMarked;
