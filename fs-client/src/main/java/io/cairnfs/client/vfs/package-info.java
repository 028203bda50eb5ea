/** The file system: POSIX meaning, free of any kernel binding. */
@NullMarked
package io.cairnfs.client.vfs;

import org.jspecify.annotations.NullMarked;
