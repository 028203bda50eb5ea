/** Content identifiers and the encodings beneath them: varint, multihash, multibase. */
@NullMarked
package io.cairnfs.protocol.cid;

import org.jspecify.annotations.NullMarked;
