package io.cairnfs.node.scrub;

import io.cairnfs.protocol.identity.Key256;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * How far scrubbing has come, as it is kept over restarts.
 *
 * <pre>
 *  0  when the node first scrubbed (8); times are milliseconds since 1970
 *  8  the pass under way, or the last one: {@link Pass} (32)
 * 40  1 if a pass is under way (1)
 * 41  the last complete pass (32), and when it ended (8), which is 0 for none
 * 81  the last block that was read, if a pass is under way and any was (32)
 * </pre>
 *
 * @param firstMillis when the node first scrubbed
 * @param pass the one under way, or the last one
 * @param running whether it is under way
 * @param complete the last complete one
 * @param completeMillis when it ended; 0 if none was ever complete
 * @param cursor the last block that the pass under way has read; null before the first
 */
record ScrubRecord(
    long firstMillis,
    Pass pass,
    boolean running,
    Pass complete,
    long completeMillis,
    @Nullable Key256 cursor) {

  /**
   * A walk over all blocks.
   *
   * @param startMillis when it began
   * @param blocks that were read
   * @param bytes of these
   * @param damaged how many of them were found to be damaged
   */
  record Pass(long startMillis, long blocks, long bytes, long damaged) {

    static final int BYTES = 4 * Long.BYTES;

    Pass plus(long moreBlocks, long moreBytes, long moreDamaged) {
      return new Pass(startMillis, blocks + moreBlocks, bytes + moreBytes, damaged + moreDamaged);
    }

    private void encode(ByteBuffer to) {
      to.putLong(startMillis).putLong(blocks).putLong(bytes).putLong(damaged);
    }

    private static Pass decode(ByteBuffer from) {
      return new Pass(from.getLong(), from.getLong(), from.getLong(), from.getLong());
    }
  }

  static ScrubRecord begin(long nowMillis) {
    Pass first = new Pass(nowMillis, 0, 0, 0);
    return new ScrubRecord(nowMillis, first, true, first, 0, null);
  }

  ScrubRecord nextPass(long nowMillis) {
    return new ScrubRecord(
        firstMillis, new Pass(nowMillis, 0, 0, 0), true, complete, completeMillis, null);
  }

  /** The pass goes on after a block. */
  ScrubRecord through(Key256 block, Pass now) {
    return new ScrubRecord(firstMillis, now, true, complete, completeMillis, block);
  }

  /** The pass has come to its end. */
  ScrubRecord ended(Pass now, long nowMillis) {
    return new ScrubRecord(firstMillis, now, false, now, nowMillis, null);
  }

  byte[] encode() {
    Key256 last = cursor;
    ByteBuffer to =
        ByteBuffer.allocate(
            2 * Long.BYTES + 2 * Pass.BYTES + 1 + (last == null ? 0 : Key256.BYTES));
    to.putLong(firstMillis);
    pass.encode(to);
    to.put((byte) (running ? 1 : 0));
    complete.encode(to);
    to.putLong(completeMillis);
    if (last != null) {
      to.put(last.toBytes());
    }
    return to.array();
  }

  static ScrubRecord decode(byte[] note) {
    ByteBuffer from = ByteBuffer.wrap(note);
    long first = from.getLong();
    Pass pass = Pass.decode(from);
    boolean running = from.get() != 0;
    Pass complete = Pass.decode(from);
    long completeMillis = from.getLong();
    Key256 cursor = null;
    if (from.hasRemaining()) {
      byte[] digest = new byte[Key256.BYTES];
      from.get(digest);
      cursor = Key256.of(digest);
    }
    return new ScrubRecord(first, pass, running, complete, completeMillis, cursor);
  }
}
