package io.cairnfs.node.admin;

import io.cairnfs.protocol.identity.NodeId;

/**
 * What does not change while a node runs.
 *
 * @param id who it is
 * @param version of the program
 * @param zone its failure domain; empty if none was configured
 * @param capacityBytes how much it is willing to store
 * @param expectsPeers whether it was told of other nodes
 */
public record NodeFacts(
    NodeId id, String version, String zone, long capacityBytes, boolean expectsPeers) {}
