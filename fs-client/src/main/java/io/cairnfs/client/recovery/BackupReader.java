package io.cairnfs.client.recovery;

import com.google.protobuf.InvalidProtocolBufferException;
import io.cairnfs.client.car.CarReader;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.message.HeadRecord;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads heads from a file that {@link BackupWriter} has made. Every block is verified. */
public final class BackupReader {

  private final Path file;
  private final BackupManifest manifest;

  private BackupReader(Path file, BackupManifest manifest) {
    this.file = file;
    this.manifest = manifest;
  }

  /**
   * @throws BackupException if the file is no backup
   */
  public static BackupReader open(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      CarReader car = new CarReader(in);
      Block first = car.next();
      if (first == null || !car.roots().equals(List.of(first.cid()))) {
        throw new BackupException("this is a CAR file that does not begin with its root", null);
      }
      return new BackupReader(file, BackupManifest.parse(first.bytes()));
    }
  }

  public BackupManifest manifest() {
    return manifest;
  }

  /**
   * The blocks of these volumes, trees and heads.
   *
   * @throws BackupException if some are missing
   */
  public Map<Cid, Block> blocks(List<BackupManifest.Entry> entries) throws IOException {
    Set<Cid> wanted = new HashSet<>();
    for (BackupManifest.Entry entry : entries) {
      wanted.add(entry.head());
      wanted.addAll(entry.tree());
    }
    Map<Cid, Block> found = new HashMap<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      CarReader car = new CarReader(in);
      for (Block block = car.next(); block != null; block = car.next()) {
        if (wanted.contains(block.cid())) {
          found.put(block.cid(), block);
        }
      }
    }
    if (found.size() < wanted.size()) {
      throw new BackupException(
          (wanted.size() - found.size()) + " blocks are missing: the file is cut short", null);
    }
    return found;
  }

  /**
   * A volume's head.
   *
   * @param block the one that its entry names
   * @throws BackupException if it is none
   */
  public static HeadRecord head(Block block) throws BackupException {
    try {
      return HeadRecord.parseFrom(block.bytes());
    } catch (InvalidProtocolBufferException e) {
      throw new BackupException("block " + block.cid() + " is no head", e);
    }
  }
}
