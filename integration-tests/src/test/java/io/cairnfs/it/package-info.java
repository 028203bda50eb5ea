/** Tests of the whole: its architecture, and clusters of real processes. */
@NullMarked
package io.cairnfs.it;

import org.jspecify.annotations.NullMarked;
