/** Where nodes are: the port through which the data path asks for the nodes near a key. */
@NullMarked
package io.cairnfs.dht;

import org.jspecify.annotations.NullMarked;
