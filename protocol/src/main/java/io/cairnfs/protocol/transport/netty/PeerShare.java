package io.cairnfs.protocol.transport.netty;

/**
 * One identity's part of a transport, for all its connections together.
 *
 * @param requests memory of its requests that are unfinished or unanswered
 * @param replies memory of replies to it that are made or unsent
 * @param replySizes of its own requests: another's habits say nothing about them
 * @param handlers that answer it
 * @param waiting handlers of methods that mostly wait
 * @param faults what it did wrong
 */
record PeerShare(
    FairBudget.Account requests,
    FairBudget.Account replies,
    ReplySizes replySizes,
    HandlerPool.Lane handlers,
    HandlerPool.Lane waiting,
    FaultMeter faults) {}
