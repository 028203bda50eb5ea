/**
 * Programs that people use, on a mount: one class for each. What is not installed is skipped, and
 * says so.
 */
@NullMarked
package io.cairnfs.it.programs;

import org.jspecify.annotations.NullMarked;
