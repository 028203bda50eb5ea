/** What is measured: file systems that can be brought up, remounted and taken down. */
@NullMarked
package io.cairnfs.bench.system;

import org.jspecify.annotations.NullMarked;
