package io.cairnfs.client.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClusterAccessTest {

  private static final Map<String, String> ENVIRONMENT =
      Map.of("CAIRN_NODE", "e1:7440, e2:7440", "CAIRN_TOKEN_FILE", "/e");

  @TempDir private Path directory;
  private Path config;

  @BeforeEach
  void nameTheFile() {
    config = directory.resolve("client.toml");
  }

  @Test
  void withoutAnythingTheEmbeddedNodeIsMeant() throws Exception {
    assertEquals(
        new ClusterAccess(List.of(), null),
        ClusterAccess.resolve(List.of(), null, Map.of(), config));
  }

  @Test
  void flagsComeBeforeTheEnvironmentAndThatBeforeTheFile() throws Exception {
    Files.writeString(config, "node = [\"f:7440\"]\ntoken-file = \"/f\"\n");
    assertEquals(
        new ClusterAccess(List.of("f:7440"), Path.of("/f")),
        ClusterAccess.resolve(List.of(), null, Map.of(), config));
    assertEquals(
        new ClusterAccess(List.of("e1:7440", "e2:7440"), Path.of("/e")),
        ClusterAccess.resolve(List.of(), null, ENVIRONMENT, config));
    assertEquals(
        new ClusterAccess(List.of("g:1"), Path.of("/g")),
        ClusterAccess.resolve(List.of("g:1"), Path.of("/g"), ENVIRONMENT, config));
  }

  @Test
  void saysWhatIsWrongWithTheFile() throws Exception {
    for (String wrong : List.of("nodes = [\"f:7440\"]", "node = \"f:7440\"", "node = [")) {
      Files.writeString(config, wrong);
      CommandException failure =
          assertThrows(
              CommandException.class,
              () -> ClusterAccess.resolve(List.of(), null, Map.of(), config));
      assertTrue(String.valueOf(failure.getMessage()).startsWith(config + ": "), failure::toString);
    }
  }
}
