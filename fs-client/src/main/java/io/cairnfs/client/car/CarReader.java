package io.cairnfs.client.car;

import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Varint;
import io.cairnfs.protocol.ipld.CborReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a CAR file, version 1, as a stream, and verifies every block against its CID, since the
 * format has no checksum of its own. It cannot tell an end from a cut between two blocks. Not
 * thread-safe.
 *
 * <p>Source: the IPLD specification of CARv1.
 */
public final class CarReader {

  /** More roots than any file has that this program reads. */
  private static final int MAX_HEADER_BYTES = 64 << 10;

  private static final int MAX_SECTION_BYTES = BlockLimits.MAX_ACCEPTED_BYTES + Cid.MAX_BYTES;

  private final InputStream in;
  private final List<Cid> roots = new ArrayList<>();

  /**
   * Reads the header.
   *
   * @param in buffered; stays open
   * @throws IOException if this is no CARv1 file
   */
  public CarReader(InputStream in) throws IOException {
    this.in = in;
    byte[] header = section(MAX_HEADER_BYTES);
    if (header == null) {
      throw new EOFException("an empty stream is no CAR file");
    }
    try {
      CborReader reader = new CborReader(header);
      if (reader.readMapHeader() != 2) {
        throw new IllegalArgumentException("its header has other items than roots and version");
      }
      reader.readKey("roots");
      for (int count = reader.readArrayHeader(); count > 0; count--) {
        roots.add(reader.readLink());
      }
      reader.readKey("version");
      long version = reader.readLong();
      if (version != CarWriter.VERSION) {
        throw new IllegalArgumentException("it is of version " + version);
      }
      reader.finish();
    } catch (IllegalArgumentException e) {
      throw new IOException("this is no CAR file of version 1: " + e.getMessage(), e);
    }
  }

  public List<Cid> roots() {
    return List.copyOf(roots);
  }

  /**
   * The next block; null at the end.
   *
   * @throws IOException if the stream is cut inside of a block, or a block is not what its CID says
   */
  public @Nullable Block next() throws IOException {
    byte[] section = section(MAX_SECTION_BYTES);
    if (section == null) {
      return null;
    }
    ByteBuffer buffer = ByteBuffer.wrap(section);
    Cid cid;
    try {
      cid = Cid.read(buffer);
    } catch (IllegalArgumentException e) {
      throw new IOException("the CAR file is damaged: " + e.getMessage(), e);
    }
    byte[] bytes = Arrays.copyOfRange(section, buffer.position(), section.length);
    if (bytes.length > BlockLimits.MAX_ACCEPTED_BYTES) {
      throw new IOException("block " + cid + " of the CAR file is too large");
    }
    if (!cid.matches(bytes)) {
      throw new IOException("the CAR file is damaged: block " + cid + " has other bytes");
    }
    return new Block(cid, bytes);
  }

  /** What follows with its length before it; null at the end of the stream. */
  private byte @Nullable [] section(int limit) throws IOException {
    int first = in.read();
    if (first < 0) {
      return null;
    }
    byte[] varint = new byte[Varint.MAX_BYTES];
    int length = 0;
    varint[length++] = (byte) first;
    while (varint[length - 1] < 0 && length < varint.length) {
      int next = in.read();
      if (next < 0) {
        throw cutShort();
      }
      varint[length++] = (byte) next;
    }
    long size;
    try {
      size = Varint.read(ByteBuffer.wrap(varint, 0, length));
    } catch (IllegalArgumentException e) {
      throw new IOException("the CAR file is damaged: " + e.getMessage(), e);
    }
    if (size == 0 || size > limit) {
      throw new IOException("this is no CAR file, or it is damaged: a part has " + size + " bytes");
    }
    byte[] bytes = in.readNBytes((int) size);
    if (bytes.length < size) {
      throw cutShort();
    }
    return bytes;
  }

  private static EOFException cutShort() {
    return new EOFException("the CAR file is cut short");
  }
}
