package io.cairnfs.node.replication;

import com.google.protobuf.ByteString;
import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.protocol.identity.NodeId;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * How far this node has followed each peer's arrival log; kept in the store. Confined to one
 * thread.
 */
final class PeerCursors {

  private static final String NOTE = "followed/";

  /**
   * A place in a peer's log.
   *
   * @param epoch names the log; empty if none was seen yet
   * @param sequence everything up to it was taken care of
   */
  record Cursor(ByteString epoch, long sequence) {

    static final Cursor START = new Cursor(ByteString.EMPTY, 0);
  }

  private final BlockStore store;
  private final Map<NodeId, Cursor> cursors = new HashMap<>();

  PeerCursors(BlockStore store) {
    this.store = store;
  }

  Cursor get(NodeId peer) throws StoreException, InterruptedException {
    Cursor known = cursors.get(peer);
    if (known == null) {
      byte[] note = store.note(NOTE + peer);
      known = note == null ? Cursor.START : decode(note);
      cursors.put(peer, known);
    }
    return known;
  }

  void advance(NodeId peer, Cursor cursor) throws StoreException, InterruptedException {
    if (!cursor.equals(cursors.put(peer, cursor))) {
      store.keepNote(NOTE + peer, encode(cursor));
    }
  }

  private static byte[] encode(Cursor cursor) {
    return ByteBuffer.allocate(Long.BYTES + cursor.epoch().size())
        .putLong(cursor.sequence())
        .put(cursor.epoch().asReadOnlyByteBuffer())
        .array();
  }

  private static Cursor decode(byte[] note) {
    ByteBuffer buffer = ByteBuffer.wrap(note);
    long sequence = buffer.getLong();
    return new Cursor(ByteString.copyFrom(buffer), sequence);
  }
}
