/** The heads as a client reaches them: at the nodes that vote. */
@NullMarked
package io.cairnfs.client.head;

import org.jspecify.annotations.NullMarked;
