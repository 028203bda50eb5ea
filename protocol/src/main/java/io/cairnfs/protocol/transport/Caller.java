package io.cairnfs.protocol.transport;

import io.cairnfs.protocol.identity.NodeId;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who made a request.
 *
 * @param id the authenticated identity
 * @param address where from; null in process
 */
public record Caller(NodeId id, @Nullable SocketAddress address) {}
