/** The transport between processes, on Netty: the only place with sockets. */
@NullMarked
package io.cairnfs.protocol.transport.netty;

import org.jspecify.annotations.NullMarked;
