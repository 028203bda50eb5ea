package io.cairnfs.client.history;

import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.head.Snapshot;
import io.cairnfs.protocol.head.SnapshotName;
import io.cairnfs.protocol.head.TreeOrigin;
import io.cairnfs.protocol.head.Usage;
import io.cairnfs.protocol.ipld.CborException;
import io.cairnfs.protocol.ipld.CborReader;
import io.cairnfs.protocol.ipld.CborType;
import io.cairnfs.protocol.ipld.CborWriter;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The root of a CAR file that carries a snapshot: what its tree is. Encoded as a DAG-CBOR map,
 * whose links any IPLD tool can follow.
 *
 * @param name the snapshot's
 * @param created when it was made
 * @param origin its tree
 * @param base the tree whose blocks the file lacks; null for none
 * @param baseName what the sender calls that one; empty for none
 */
record SnapshotManifest(
    String name, Instant created, TreeOrigin origin, @Nullable Cid base, String baseName) {

  /** Of this format; another one is refused. */
  private static final long VERSION = 1;

  private static final int ITEMS = 9;
  private static final String KIND = "cairn-snapshot";

  static SnapshotManifest of(Snapshot snapshot, @Nullable Snapshot base) {
    return new SnapshotManifest(
        snapshot.name(),
        snapshot.created(),
        VolumeHistory.origin(snapshot),
        base == null ? null : Objects.requireNonNull(base.root()),
        base == null ? "" : base.name());
  }

  Block toBlock() {
    // Keys in the order of DAG-CBOR: shorter ones first, then bytewise.
    CborWriter writer = new CborWriter().writeMapHeader(ITEMS);
    writer.writeText("base");
    if (base == null) {
      writer.writeNull();
    } else {
      writer.writeLink(base);
    }
    writer.writeText("kind").writeText(KIND);
    writer.writeText("name").writeText(name);
    writer.writeText("root").writeLink(origin.root());
    writer.writeText("usage").writeArrayHeader(2);
    writer.writeLong(origin.usage().bytes()).writeLong(origin.usage().inodes());
    writer.writeText("created").writeArrayHeader(2);
    writer.writeLong(created.getEpochSecond()).writeLong(created.getNano());
    writer.writeText("version").writeLong(VERSION);
    writer.writeText("baseName").writeText(baseName);
    writer.writeText("nextInode").writeLong(origin.nextInode());
    byte[] bytes = writer.toBytes();
    return new Block(Cid.of(Codec.DAG_CBOR, bytes), bytes);
  }

  /**
   * @throws HistoryException if this is none, or one of another version
   */
  static SnapshotManifest parse(byte[] bytes) throws HistoryException {
    try {
      CborReader reader = new CborReader(bytes);
      if (reader.readMapHeader() != ITEMS) {
        throw new CborException("not " + ITEMS + " items");
      }
      Cid base = readBase(reader);
      requireText(reader, "kind", KIND);
      reader.readKey("name");
      String name = reader.readText();
      SnapshotName.require(name);
      reader.readKey("root");
      Cid root = reader.readLink();
      reader.readKey("usage");
      reader.readArrayHeader(2);
      Usage usage = new Usage(reader.readLong(), reader.readLong());
      reader.readKey("created");
      reader.readArrayHeader(2);
      Instant created = Instant.ofEpochSecond(reader.readLong(), reader.readLong());
      reader.readKey("version");
      long version = reader.readLong();
      if (version != VERSION) {
        throw new HistoryException(
            "the stream is of version " + version + ", this program knows version " + VERSION);
      }
      reader.readKey("baseName");
      String baseName = reader.readText();
      reader.readKey("nextInode");
      long nextInode = reader.readLong();
      reader.finish();
      return new SnapshotManifest(
          name, created, new TreeOrigin(root, usage, nextInode), base, baseName);
    } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
      throw new HistoryException(
          "this is a CAR file, but none that cairn volume send made: " + e.getMessage(), e);
    }
  }

  private static @Nullable Cid readBase(CborReader reader) {
    reader.readKey("base");
    if (reader.peekType() == CborType.NULL) {
      reader.readNull();
      return null;
    }
    return reader.readLink();
  }

  private static void requireText(CborReader reader, String key, String value) {
    reader.readKey(key);
    String found = reader.readText();
    if (!found.equals(value)) {
      throw new CborException(key + " is " + found);
    }
  }
}
