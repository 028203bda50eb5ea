/** Tests of the driver over the transport within one process. */
@NullMarked
package io.cairnfs.dht.driver;

import org.jspecify.annotations.NullMarked;
