/** How the client waits: deadlines of operations, and threads that must not wait at all. */
@NullMarked
package io.cairnfs.client.wait;

import org.jspecify.annotations.NullMarked;
