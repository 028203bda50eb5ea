/** The transport port: requests between identified peers. */
@NullMarked
package io.cairnfs.protocol.transport;

import org.jspecify.annotations.NullMarked;
