/** Snapshots and what is made of them: pinning, going back, comparing, sending and receiving. */
@NullMarked
package io.cairnfs.client.history;

import org.jspecify.annotations.NullMarked;
