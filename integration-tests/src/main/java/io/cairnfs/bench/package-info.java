/** The benchmark: the same rows on Cairn and on others, in one run, with ratios. */
@NullMarked
package io.cairnfs.bench;

import org.jspecify.annotations.NullMarked;
