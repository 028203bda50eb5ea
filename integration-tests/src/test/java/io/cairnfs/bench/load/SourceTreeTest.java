package io.cairnfs.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SourceTreeTest {

  private static final Duration CAP = Duration.ofSeconds(30);

  @TempDir Path temporary;

  @Test
  void aSeedMeansOneTree() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/git")), "git makes the tree");

    assertEquals(commit("a", 1), commit("b", 1));
    assertNotEquals(commit("c", 1), commit("d", 2));
  }

  /** The id of its commit stands for all names and bytes. */
  private String commit(String name, long seed) throws IOException, InterruptedException {
    Path directory = Files.createDirectory(temporary.resolve(name));
    Path archive = SourceTree.archive(seed, 30, directory);
    new TreeCommands(directory, CAP).unpack(archive);
    return Command.output(
        SourceTree.gitCommand(directory.resolve(SourceTree.NAME), "rev-parse", "HEAD"), CAP);
  }
}
