/**
 * The tidier: rewrites, in the background, files in many pieces and blocks of which little is still
 * referred to. Like {@code vfs} it lies over namespace and content, and the two meet in it.
 */
@NullMarked
package io.cairnfs.client.tidy;

import org.jspecify.annotations.NullMarked;
