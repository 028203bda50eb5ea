/** Whole networks of the Kademlia core in one thread: seeded, with latency, loss and churn. */
@NullMarked
package io.cairnfs.dht.simulation;

import org.jspecify.annotations.NullMarked;
