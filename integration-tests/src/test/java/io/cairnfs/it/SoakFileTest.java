package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A soak sees what it is there for. */
final class SoakFileTest {

  @TempDir Path directory;

  private final SoakFile file = new SoakFile(1, "file", new AtomicLong());
  private Path path;

  @BeforeEach
  void write() throws IOException {
    path = directory.resolve("file");
    writeUntilItHasBytes();
  }

  private void writeUntilItHasBytes() throws IOException {
    do {
      file.write(directory);
    } while (!Files.exists(path) || Files.size(path) == 0);
  }

  @Test
  void whatWasWrittenIsRight() throws IOException {
    file.read(directory);
  }

  @Test
  void aFlippedBitIsSeen() throws IOException {
    byte[] bytes = Files.readAllBytes(path);
    bytes[bytes.length / 2] ^= 1;
    Files.write(path, bytes);
    assertThrows(AssertionError.class, () -> file.read(directory));
  }

  @Test
  void aLostFileIsSeen() throws IOException {
    Files.delete(path);
    assertThrows(AssertionError.class, () -> file.read(directory));
  }

  @Test
  void anOlderVersionIsSeen() throws IOException {
    byte[] older = Files.readAllBytes(path);
    writeUntilItHasBytes();
    Files.write(path, older);
    assertThrows(AssertionError.class, () -> file.read(directory));
  }
}
