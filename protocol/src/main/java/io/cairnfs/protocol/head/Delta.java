package io.cairnfs.protocol.head;

/**
 * A committed transaction.
 *
 * @param sequence its place in the volume's history; sequences have no gaps
 * @param session who committed it
 * @param body as it was committed
 * @param chain the hash of the history up to and with it
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
public record Delta(long sequence, SessionId session, byte[] body, ChainHash chain) {}
