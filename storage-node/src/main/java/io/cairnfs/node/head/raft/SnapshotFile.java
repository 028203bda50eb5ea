package io.cairnfs.node.head.raft;

import io.cairnfs.node.head.JournalDamageException;
import io.cairnfs.node.head.RocksBodies;
import io.cairnfs.node.head.RocksBodies.Body;
import io.cairnfs.node.head.machine.BodyIndex;
import io.cairnfs.protocol.head.VolumeId;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A cell's whole state in a file, which a voter that lags behind or has just joined gets as it is.
 * Big endian: {@link #MAGIC}, {@link #FORMAT}, the term of the last takeover (8 bytes), the number
 * of the machine's records (4) and each with its length (4) before it; then for each body a 1, the
 * volume (32), the command (8), the length (4) and the bytes; at the end a 0. Its checksum is kept
 * beside it, by Ratis.
 */
final class SnapshotFile {

  private static final int MAGIC = 0x43524e43; // CRNC
  private static final int FORMAT = 1;

  /** As many bodies are put at once. */
  private static final int PUT_BYTES = 4 << 20;

  /**
   * @param term of the last takeover
   * @param records of the machine
   */
  record State(long term, List<byte[]> records) {}

  private SnapshotFile() {}

  /**
   * Writes a snapshot to the disk.
   *
   * @param oldest for each volume the first command whose bodies are needed
   * @return its size in bytes
   */
  static long write(Path file, State state, RocksBodies bodies, Map<VolumeId, Long> oldest)
      throws IOException {
    try (FileOutputStream stream = new FileOutputStream(file.toFile())) {
      DataOutputStream out = new DataOutputStream(new BufferedOutputStream(stream, 1 << 16));
      out.writeInt(MAGIC);
      out.writeInt(FORMAT);
      out.writeLong(state.term());
      out.writeInt(state.records().size());
      for (byte[] record : state.records()) {
        out.writeInt(record.length);
        out.write(record);
      }
      for (Map.Entry<VolumeId, Long> volume : oldest.entrySet()) {
        bodies.forEach(
            volume.getKey(),
            volume.getValue(),
            BodyIndex.end(volume.getValue()),
            body -> {
              out.writeByte(1);
              out.write(body.volume().toBytes());
              out.writeLong(body.index());
              out.writeInt(body.joined().length);
              out.write(body.joined());
            });
      }
      out.writeByte(0);
      out.flush();
      stream.getFD().sync();
    }
    return Files.size(file);
  }

  /** Reads a snapshot, and puts its bodies where they belong. */
  static State read(Path file, RocksBodies bodies) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
      if (in.readInt() != MAGIC || in.readInt() != FORMAT) {
        throw new JournalDamageException(file + " is no snapshot of a format that is known here");
      }
      long term = in.readLong();
      int count = in.readInt();
      List<byte[]> records = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        records.add(in.readNBytes(in.readInt()));
      }
      List<Body> read = new ArrayList<>();
      int bytes = 0;
      while (in.readByte() != 0) {
        VolumeId volume = VolumeId.of(in.readNBytes(VolumeId.BYTES));
        long index = in.readLong();
        Body body = new Body(volume, index, in.readNBytes(in.readInt()));
        read.add(body);
        bytes += body.joined().length;
        if (bytes > PUT_BYTES) {
          bodies.put(read);
          read.clear();
          bytes = 0;
        }
      }
      bodies.put(read);
      return new State(term, records);
    }
  }
}
