/**
 * Kademlia as a pure core: inputs and the time go in, outputs come out; nothing here has a clock or
 * a socket.
 */
@NullMarked
package io.cairnfs.dht.core;

import org.jspecify.annotations.NullMarked;
