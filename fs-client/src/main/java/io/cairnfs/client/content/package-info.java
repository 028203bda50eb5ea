/**
 * Content: what turns the bytes that programs write into extents and blocks, and back. It knows no
 * names: {@code vfs} puts the extents that it makes into the namespace.
 */
@NullMarked
package io.cairnfs.client.content;

import org.jspecify.annotations.NullMarked;
