package io.cairnfs.node.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairnfs.node.testing.ChildJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A store on a disk that fills up. Needs the right to mount, in a namespace that ends with the
 * child.
 */
final class FullDiskTest {

  private static final int MIB = 1 << 20;

  @TempDir Path directory;

  @Test
  void segmentsOnAFullDisk() throws Exception {
    run(0, 1);
  }

  @Test
  void databaseOnAFullDisk() throws Exception {
    run(0, 1 << 30);
  }

  @Test
  void putsStopAtTheReserve() throws Exception {
    run(16 * MIB, 1);
  }

  private void run(long reserveBytes, int segmentMinBytes)
      throws IOException, InterruptedException {
    assumeTrue(mayMount(), "needs the right to mount");
    List<String> command = new ArrayList<>(List.of("unshare", "--mount", "sh", "-c"));
    command.add("mount -t tmpfs -o size=128m cairn-test \"$0\" && exec \"$@\"");
    command.add(directory.toString());
    command.addAll(
        ChildJvm.command(
            FullDiskScenario.class,
            List.of(
                directory.toString(),
                Long.toString(reserveBytes),
                Integer.toString(segmentMinBytes))));
    Path output = Files.createTempFile("full-disk", ".log");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      boolean ended = process.waitFor(150, TimeUnit.SECONDS);
      process.destroyForcibly();
      String said = Files.readString(output, StandardCharsets.UTF_8);
      assertTrue(ended, said);
      assertEquals(0, process.exitValue(), said);
    } finally {
      Files.delete(output);
    }
  }

  private static boolean mayMount() throws IOException, InterruptedException {
    return new ProcessBuilder("unshare", "--mount", "true").start().waitFor() == 0;
  }
}
