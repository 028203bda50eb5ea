/** The transport within one process: for the embedded node, and for tests. */
@NullMarked
package io.cairnfs.protocol.transport.local;

import org.jspecify.annotations.NullMarked;
