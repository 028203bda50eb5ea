package io.cairnfs.client.recovery;

import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.ipld.CborException;
import io.cairnfs.protocol.ipld.CborReader;
import io.cairnfs.protocol.ipld.CborWriter;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The root of a CAR file that carries heads of volumes. Encoded as a DAG-CBOR map, whose links any
 * IPLD tool can follow. A head is a raw block: a protobuf message {@code HeadRecord}.
 *
 * @param created when the backup was made
 * @param volumes what is in it
 */
public record BackupManifest(Instant created, List<Entry> volumes) {

  /** Of this format; another one is refused. */
  private static final long VERSION = 1;

  private static final int ITEMS = 4;
  private static final int ENTRY_ITEMS = 4;
  private static final String KIND = "cairn-heads";

  /**
   * A volume.
   *
   * @param head the block with its head
   * @param name for people
   * @param tree blocks of its tree that the nodes may lack, because they were made for the backup
   * @param volume its id
   */
  public record Entry(Cid head, String name, List<Cid> tree, VolumeId volume) {

    public Entry {
      tree = List.copyOf(tree);
    }
  }

  public BackupManifest {
    volumes = List.copyOf(volumes);
  }

  /**
   * @throws BackupException if there are too many volumes for one file
   */
  Block toBlock() throws BackupException {
    // Keys in the order of DAG-CBOR: shorter ones first, then bytewise.
    CborWriter writer = new CborWriter().writeMapHeader(ITEMS);
    writer.writeText("kind").writeText(KIND);
    writer.writeText("created").writeLong(created.toEpochMilli());
    writer.writeText("version").writeLong(VERSION);
    writer.writeText("volumes").writeArrayHeader(volumes.size());
    for (Entry entry : volumes) {
      writer.writeMapHeader(ENTRY_ITEMS);
      writer.writeText("head").writeLink(entry.head());
      writer.writeText("name").writeText(entry.name());
      writer.writeText("tree").writeArrayHeader(entry.tree().size());
      entry.tree().forEach(writer::writeLink);
      writer.writeText("volume").writeText(entry.volume().toString());
    }
    byte[] bytes = writer.toBytes();
    if (bytes.length > BlockLimits.MAX_ACCEPTED_BYTES) {
      throw new BackupException(
          volumes.size() + " volumes are too many for one file; name some of them", null);
    }
    return new Block(Cid.of(Codec.DAG_CBOR, bytes), bytes);
  }

  /**
   * @throws BackupException if this is none, or one of another version
   */
  static BackupManifest parse(byte[] bytes) throws BackupException {
    try {
      CborReader reader = new CborReader(bytes);
      requireItems(reader, ITEMS);
      reader.readKey("kind");
      String kind = reader.readText();
      if (!kind.equals(KIND)) {
        throw new CborException("it is a " + kind);
      }
      reader.readKey("created");
      Instant created = Instant.ofEpochMilli(reader.readLong());
      reader.readKey("version");
      long version = reader.readLong();
      if (version != VERSION) {
        throw new BackupException(
            "the backup is of version " + version + ", this program knows version " + VERSION,
            null);
      }
      reader.readKey("volumes");
      List<Entry> volumes = new ArrayList<>();
      for (int left = reader.readArrayHeader(); left > 0; left--) {
        volumes.add(entry(reader));
      }
      reader.finish();
      return new BackupManifest(created, volumes);
    } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
      throw new BackupException(
          "this is a CAR file, but none that cairn cluster backup made: " + e.getMessage(), e);
    }
  }

  private static Entry entry(CborReader reader) {
    requireItems(reader, ENTRY_ITEMS);
    reader.readKey("head");
    Cid head = reader.readLink();
    reader.readKey("name");
    String name = reader.readText();
    reader.readKey("tree");
    List<Cid> tree = new ArrayList<>();
    for (int left = reader.readArrayHeader(); left > 0; left--) {
      tree.add(reader.readLink());
    }
    reader.readKey("volume");
    return new Entry(head, name, tree, VolumeId.parse(reader.readText()));
  }

  private static void requireItems(CborReader reader, int items) {
    if (reader.readMapHeader() != items) {
      throw new CborException("not " + items + " items");
    }
  }
}
