package io.cairnfs.protocol.transport.netty;

import io.cairnfs.protocol.admission.Admission;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Handlers;
import io.netty.util.Timer;
import java.util.concurrent.Semaphore;

/**
 * What all connections of a transport share.
 *
 * @param requests memory of requests that are unfinished or unanswered
 * @param replies memory of replies that are made or unsent
 * @param handlerPermits bounds the handlers that run at once
 */
record Node(
    NodeId self,
    Admission admission,
    TransportConfig config,
    Handlers handlers,
    Timer timer,
    Budget requests,
    Budget replies,
    ReplySizes replySizes,
    Semaphore handlerPermits,
    Connections connections,
    RefusalLog refusals) {}
