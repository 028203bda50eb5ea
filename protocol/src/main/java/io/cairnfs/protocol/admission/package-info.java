/** Who may speak to this node: allow-lists and join tokens. */
@NullMarked
package io.cairnfs.protocol.admission;

import org.jspecify.annotations.NullMarked;
