/** Which nodes hold a block: a pure function of its key and the known records. */
@NullMarked
package io.cairnfs.dht.placement;

import org.jspecify.annotations.NullMarked;
