/** The methods and messages of the distributed hash table. */
@NullMarked
package io.cairnfs.protocol.dht;

import org.jspecify.annotations.NullMarked;
