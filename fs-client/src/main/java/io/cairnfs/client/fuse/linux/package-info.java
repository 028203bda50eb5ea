/** The system calls that the binding needs, by the foreign function API, and what /proc tells. */
@NullMarked
package io.cairnfs.client.fuse.linux;

import org.jspecify.annotations.NullMarked;
