/** Examining and mending volumes: {@code cairn fsck}. */
@NullMarked
package io.cairnfs.client.fsck;

import org.jspecify.annotations.NullMarked;
