package io.cairnfs.client.recovery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.FoundingSignature;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.message.HeadRecord;
import io.cairnfs.protocol.identity.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files with heads. */
final class BackupTest {

  private static final Instant TIME = Instant.parse("2026-11-28T01:02:03Z");

  @TempDir Path directory;

  private static HeadRecord head(String name) {
    Identity owner = Identity.generate();
    Founding founding =
        FoundingSignature.sign(
            new Founding(
                VolumeId.of(owner.publicKey()),
                name,
                List.of(Identity.generate().id()),
                3,
                Instant.EPOCH,
                new byte[0]),
            owner);
    return HeadRecord.newBuilder()
        .setFounding(HeadMessages.encode(founding))
        .setNextInode(77)
        .build();
  }

  private static Block block(int n) {
    byte[] bytes = {(byte) n, 1, 2};
    return new Block(Cid.of(Codec.DAG_CBOR, bytes), bytes);
  }

  private Path backup(HeadRecord one, HeadRecord other) throws IOException {
    Path file = directory.resolve("heads.car");
    try (BackupWriter writer = new BackupWriter(file, TIME)) {
      writer.add(one, List.of(block(1), block(2)));
      writer.add(other, List.of(block(2)));
      writer.finish();
    }
    return file;
  }

  @Test
  void whatIsWrittenIsRead() throws Exception {
    HeadRecord one = head("one");
    HeadRecord other = head("other");
    BackupReader reader = BackupReader.open(backup(one, other));
    BackupManifest manifest = reader.manifest();
    assertEquals(TIME, manifest.created());
    assertEquals(
        List.of("one", "other"),
        manifest.volumes().stream().map(BackupManifest.Entry::name).toList());
    Map<Cid, Block> blocks = reader.blocks(manifest.volumes());
    BackupManifest.Entry second = manifest.volumes().get(1);
    assertEquals(other, BackupReader.head(Objects.requireNonNull(blocks.get(second.head()))));
    assertArrayEquals(
        block(2).bytes(), Objects.requireNonNull(blocks.get(second.tree().getFirst())).bytes());
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(1, files.count(), "nothing is left beside it");
    }
  }

  @Test
  void aBackupThatFailsLeavesTheOneBefore() throws Exception {
    Path file = backup(head("one"), head("other"));
    byte[] before = Files.readAllBytes(file);
    try (BackupWriter writer = new BackupWriter(file, TIME)) {
      writer.add(head("third"), List.of());
    }
    assertArrayEquals(before, Files.readAllBytes(file));
    assertFalse(Files.exists(directory.resolve("heads.car.blocks")));
  }

  @Test
  void whatIsCutOrDamagedOrNoBackupIsTold() throws Exception {
    Path file = backup(head("one"), head("other"));
    byte[] bytes = Files.readAllBytes(file);
    for (int length = 0; length < bytes.length; length++) {
      Path cut = Files.write(directory.resolve("cut"), Arrays.copyOf(bytes, length));
      assertThrows(IOException.class, () -> readAll(cut), "cut to " + length);
    }
    for (int at = 0; at < bytes.length; at += 7) {
      byte[] flipped = bytes.clone();
      flipped[at] ^= 1;
      Path damaged = Files.write(directory.resolve("damaged"), flipped);
      assertThrows(IOException.class, () -> readAll(damaged), "flipped at " + at);
    }
    Path other = Files.writeString(directory.resolve("other"), "something else entirely");
    IOException refused = assertThrows(IOException.class, () -> BackupReader.open(other));
    assertTrue(String.valueOf(refused.getMessage()).contains("CAR file"), refused::toString);
  }

  private static void readAll(Path file) throws IOException {
    BackupReader reader = BackupReader.open(file);
    Map<Cid, Block> blocks = reader.blocks(reader.manifest().volumes());
    for (BackupManifest.Entry entry : reader.manifest().volumes()) {
      HeadRecord unused = BackupReader.head(Objects.requireNonNull(blocks.get(entry.head())));
    }
  }
}
