package io.cairnfs.client.car;

import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Varint;
import io.cairnfs.protocol.ipld.CborWriter;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes a CAR file, version 1, as a stream. Not thread-safe.
 *
 * <p>Source: the IPLD specification of CARv1.
 */
public final class CarWriter {

  static final long VERSION = 1;

  private final OutputStream out;

  /**
   * Begins the file.
   *
   * @param out buffered; stays open
   */
  public CarWriter(OutputStream out, Cid root) throws IOException {
    this.out = out;
    CborWriter header = new CborWriter().writeMapHeader(2);
    header.writeText("roots").writeArrayHeader(1).writeLink(root);
    header.writeText("version").writeLong(VERSION);
    byte[] bytes = header.toBytes();
    writeLength(out, bytes.length);
    out.write(bytes);
  }

  public void write(Block block) throws IOException {
    append(out, block);
  }

  /** Writes a block to what is to follow a header. */
  public static void append(OutputStream out, Block block) throws IOException {
    byte[] cid = block.cid().toBytes();
    writeLength(out, (long) cid.length + block.bytes().length);
    out.write(cid);
    out.write(block.bytes());
  }

  private static void writeLength(OutputStream out, long length) throws IOException {
    byte[] varint = new byte[Varint.MAX_BYTES];
    out.write(varint, 0, Varint.write(length, varint, 0));
  }
}
