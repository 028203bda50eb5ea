/** The head port: a volume's replicated transaction log, as its clients see it. */
@NullMarked
package io.cairnfs.protocol.head;

import org.jspecify.annotations.NullMarked;
