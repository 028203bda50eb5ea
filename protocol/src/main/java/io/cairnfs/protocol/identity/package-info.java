/** Self-owned identities: Ed25519 keys and the ids that follow from them. */
@NullMarked
package io.cairnfs.protocol.identity;

import org.jspecify.annotations.NullMarked;
