package io.cairnfs.client.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VolumeKeysTest {

  @TempDir private Path directory;

  @Test
  void keepsAKeyThatOnlyItsOwnerCanRead() throws Exception {
    Path keysDirectory = directory.resolve("keys");
    VolumeKeys keys = new VolumeKeys(keysDirectory);
    Identity key = Identity.generate();

    VolumeId volume = keys.add(key);

    assertEquals(List.of(volume), keys.list());
    assertArrayEquals(key.publicKey(), keys.load(volume).publicKey());
    assertEquals("rwx------", mode(keysDirectory));
    assertEquals("rw-------", mode(keysDirectory.resolve(volume + ".pem")));
  }

  @Test
  void addingAKeyTwiceKeepsIt() throws Exception {
    VolumeKeys keys = new VolumeKeys(directory);
    Identity key = Identity.generate();
    VolumeId volume = keys.add(key);
    assertEquals(volume, keys.add(key));
    assertEquals(List.of(volume), keys.list());
  }

  @Test
  void neverOverwritesAFileThatHoldsAnotherKey() throws Exception {
    VolumeKeys keys = new VolumeKeys(directory);
    Identity key = Identity.generate();
    Path file = directory.resolve(VolumeKeys.idOf(key) + ".pem");
    Identity.generate().save(file);
    String before = Files.readString(file);
    assertThrows(IOException.class, () -> keys.add(key));
    assertEquals(before, Files.readString(file));
  }

  @Test
  void saysWhichKeyIsMissing() {
    VolumeId volume = VolumeKeys.idOf(Identity.generate());
    VolumeKeys keys = new VolumeKeys(directory.resolve("none"));
    CommandException missing = assertThrows(CommandException.class, () -> keys.load(volume));
    assertEquals(
        "no key of volume "
            + volume
            + " in "
            + directory.resolve("none")
            + "; cairn key list shows those here, cairn key import brings one",
        missing.getMessage());
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
