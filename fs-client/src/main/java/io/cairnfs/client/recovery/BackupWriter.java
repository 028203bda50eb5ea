package io.cairnfs.client.recovery;

import io.cairnfs.client.car.CarWriter;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.message.HeadRecord;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes heads into a CAR file. Its root tells of all of them and comes first, so the blocks wait
 * in a file beside it. The file appears when it is complete, or not at all. Not thread-safe.
 */
public final class BackupWriter implements Closeable {

  private final Path file;
  private final Path blocksFile;
  private final Path nextFile;
  private final OutputStream blocks;
  private final Instant created;
  private final List<BackupManifest.Entry> entries = new ArrayList<>();
  private final Set<Cid> written = new HashSet<>();

  /**
   * @param file is replaced if it exists
   */
  public BackupWriter(Path file, Instant created) throws IOException {
    this.file = file;
    this.created = created;
    this.blocksFile = file.resolveSibling(file.getFileName() + ".blocks");
    this.nextFile = file.resolveSibling(file.getFileName() + ".new");
    this.blocks = new BufferedOutputStream(Files.newOutputStream(blocksFile));
  }

  /**
   * Adds a volume.
   *
   * @param head complete
   * @param tree blocks of its tree that nodes may lack
   * @throws BackupException if its head is too large for a block
   */
  public void add(HeadRecord head, List<Block> tree) throws IOException {
    byte[] bytes = head.toByteArray();
    Founding founding = HeadMessages.decode(head.getFounding());
    if (bytes.length > BlockLimits.MAX_ACCEPTED_BYTES) {
      throw new BackupException(
          "the head of '" + founding.name() + "' is too large; delete some snapshots", null);
    }
    Block record = new Block(Cid.of(Codec.RAW, bytes), bytes);
    write(record);
    for (Block block : tree) {
      write(block);
    }
    entries.add(
        new BackupManifest.Entry(
            record.cid(),
            founding.name(),
            tree.stream().map(Block::cid).toList(),
            founding.volume()));
  }

  private void write(Block block) throws IOException {
    if (written.add(block.cid())) {
      CarWriter.append(blocks, block);
    }
  }

  /** Completes the file, durably. */
  public void finish() throws IOException {
    blocks.close();
    Block manifest = new BackupManifest(created, entries).toBlock();
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(nextFile))) {
      new CarWriter(out, manifest.cid()).write(manifest);
      Files.copy(blocksFile, out);
    }
    try (FileChannel channel = FileChannel.open(nextFile, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(nextFile, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Removes what is not needed any more, and everything if the file was not finished. */
  @Override
  public void close() throws IOException {
    blocks.close();
    Files.deleteIfExists(blocksFile);
    Files.deleteIfExists(nextFile);
  }
}
