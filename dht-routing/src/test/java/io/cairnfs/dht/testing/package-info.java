/** Nodes for tests: with ids that can be chosen and signatures that cost nothing. */
@NullMarked
package io.cairnfs.dht.testing;

import org.jspecify.annotations.NullMarked;
