/** Tests of the load. */
@NullMarked
package io.cairnfs.bench.load;

import org.jspecify.annotations.NullMarked;
