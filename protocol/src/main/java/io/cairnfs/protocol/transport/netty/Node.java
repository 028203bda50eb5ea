package io.cairnfs.protocol.transport.netty;

import io.cairnfs.protocol.admission.Admission;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Handlers;

/**
 * What all connections of a transport share.
 *
 * @param shares of the peers in its memory and its handlers
 */
record Node(
    NodeId self,
    Admission admission,
    TransportConfig config,
    Handlers handlers,
    PeerShares shares,
    Connections connections,
    Farewells farewells,
    RefusalLog refusals) {}
