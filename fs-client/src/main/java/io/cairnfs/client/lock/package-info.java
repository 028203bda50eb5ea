/**
 * The locks of a mount: its own affair while nobody shares the volume, the head's while others do.
 */
@NullMarked
package io.cairnfs.client.lock;

import org.jspecify.annotations.NullMarked;
