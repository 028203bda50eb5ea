package io.cairnfs.client.mount;

import io.cairnfs.client.block.Replicas;
import io.cairnfs.client.head.HeadPlace;
import io.cairnfs.client.vfs.StatusSource;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import java.util.List;
import java.util.function.Supplier;

/**
 * Where volumes live: a cluster, or a node in this process.
 *
 * @param transport reaches its nodes
 * @param place where the volume's head is
 * @param replicas finds the nodes of a block
 * @param stores the nodes that store blocks, as far as they are known; those that are down included
 * @param status tells how much room there is
 * @param embedded whether the only node is in this process
 */
public record Backend(
    Transport transport,
    HeadPlace place,
    Replicas replicas,
    Supplier<List<Peer>> stores,
    StatusSource status,
    boolean embedded) {}
