/** Serving a mount: reading requests, calling the file system, answering in time. */
@NullMarked
package io.cairnfs.client.fuse.session;

import org.jspecify.annotations.NullMarked;
