/** Tests of the benchmark itself. */
@NullMarked
package io.cairnfs.bench;

import org.jspecify.annotations.NullMarked;
