/** The one driver of the Kademlia core: clock, thread, transport and disk. */
@NullMarked
package io.cairnfs.dht.driver;

import org.jspecify.annotations.NullMarked;
