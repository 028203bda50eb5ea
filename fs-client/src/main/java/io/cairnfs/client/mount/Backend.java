package io.cairnfs.client.mount;

import io.cairnfs.client.block.Replicas;
import io.cairnfs.client.vfs.StatusSource;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import java.util.List;
import java.util.function.Supplier;

/**
 * Where volumes live: a cluster, or a node in this process.
 *
 * @param transport reaches its nodes
 * @param voters the nodes that host the volume's head, asked before each attempt
 * @param replicas finds the nodes of a block
 * @param status tells how much room there is
 * @param embedded whether the only node is in this process
 */
public record Backend(
    Transport transport,
    Supplier<List<Peer>> voters,
    Replicas replicas,
    StatusSource status,
    boolean embedded) {}
