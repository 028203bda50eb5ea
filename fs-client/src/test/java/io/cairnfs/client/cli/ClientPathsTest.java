package io.cairnfs.client.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ClientPathsTest {

  private static final Path HOME = Path.of("/home/ada");

  @Test
  void usersKeepDataInTheirHome() {
    ClientPaths paths = ClientPaths.of(Map.of(), HOME, false);
    assertEquals(Path.of("/home/ada/.local/share/cairn"), paths.data());
    assertEquals(Path.of("/home/ada/.config/cairn/client.toml"), paths.config());
  }

  @Test
  void rootKeepsDataInTheSystem() {
    assertEquals(Path.of("/var/lib/cairn"), ClientPaths.of(Map.of(), HOME, true).data());
  }

  @Test
  void theEnvironmentComesFirstForRootToo() {
    Map<String, String> environment = Map.of("XDG_DATA_HOME", "/d", "XDG_CONFIG_HOME", "/c");
    for (boolean root : new boolean[] {false, true}) {
      ClientPaths paths = ClientPaths.of(environment, HOME, root);
      assertEquals(Path.of("/d/cairn"), paths.data());
      assertEquals(Path.of("/c/cairn/client.toml"), paths.config());
    }
  }

  @Test
  void relativePathsInTheEnvironmentAreIgnored() {
    ClientPaths paths = ClientPaths.of(Map.of("XDG_DATA_HOME", "d"), HOME, false);
    assertEquals(Path.of("/home/ada/.local/share/cairn"), paths.data());
  }
}
