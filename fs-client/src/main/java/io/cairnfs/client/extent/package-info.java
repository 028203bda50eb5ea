/** What a byte range of a file is made of: the words that namespace and content share. */
@NullMarked
package io.cairnfs.client.extent;

import org.jspecify.annotations.NullMarked;
