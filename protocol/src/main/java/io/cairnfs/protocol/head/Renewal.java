package io.cairnfs.protocol.head;

/**
 * An extended lease.
 *
 * @param quota the volume's, which the session keeps from here on
 * @param sequence the volume's at that time: a lease that had run out counts again only when the
 *     session has taken every delta up to here, because others may have been told of them
 * @param exclusive whether the session is exclusive
 * @param sweep the last sweep that was opened: claims are made with it from here on
 */
public record Renewal(Quota quota, long sequence, boolean exclusive, long sweep) {}
