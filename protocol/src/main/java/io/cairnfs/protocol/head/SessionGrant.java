package io.cairnfs.protocol.head;

import java.time.Duration;

/**
 * An opened session.
 *
 * @param lease how long it lives without renewal, counted by the head from receipt and by the
 *     client from sending
 * @param exclusive whether the session is alone, so that it may apply transactions before they are
 *     committed
 * @param state the head as the session starts
 */
public record SessionGrant(Duration lease, boolean exclusive, HeadState state) {}
