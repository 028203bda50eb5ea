/** The data model of IPLD as Cairn uses it: strict, deterministic DAG-CBOR. */
@NullMarked
package io.cairnfs.protocol.ipld;

import org.jspecify.annotations.NullMarked;
