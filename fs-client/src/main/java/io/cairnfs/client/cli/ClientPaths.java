package io.cairnfs.client.cli;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where a user's Cairn keeps things, by the XDG base directory specification.
 *
 * @param data keys, identity, the embedded node; {@code /var/lib/cairn} for root
 * @param config the client's configuration file, which may be absent
 */
record ClientPaths(Path data, Path config) {

  private static final Path SYSTEM_DATA = Path.of("/var/lib/cairn");

  /** The paths of whoever runs this process. */
  static ClientPaths ofThisUser() {
    return of(System.getenv(), Path.of(System.getProperty("user.home")), isRoot());
  }

  /**
   * @param environment variables; relative paths in them are ignored, as the specification demands
   */
  static ClientPaths of(Map<String, String> environment, Path home, boolean root) {
    Path share = directory(environment, "XDG_DATA_HOME", home.resolve(".local/share"));
    Path config = directory(environment, "XDG_CONFIG_HOME", home.resolve(".config"));
    boolean system = root && !environment.containsKey("XDG_DATA_HOME");
    return new ClientPaths(
        system ? SYSTEM_DATA : share.resolve("cairn"), config.resolve("cairn/client.toml"));
  }

  /** Each volume's key, by its id. */
  Path keys() {
    return data.resolve("keys");
  }

  private static Path directory(Map<String, String> environment, String variable, Path otherwise) {
    String value = environment.getOrDefault(variable, "");
    return value.startsWith("/") ? Path.of(value) : otherwise;
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }
}
