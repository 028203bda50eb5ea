/** Mounting and unmounting, as root by mount(2) or as a user through fusermount3. */
@NullMarked
package io.cairnfs.client.fuse.mounting;

import org.jspecify.annotations.NullMarked;
