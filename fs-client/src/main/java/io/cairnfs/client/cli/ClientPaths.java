package io.cairnfs.client.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/**
 * Where a user's Cairn keeps things, by the XDG base directory specification.
 *
 * @param data keys, identity, the embedded node; {@code /var/lib/cairn} for root
 * @param config the client's configuration file, which may be absent
 * @param state logs, and what is mounted; {@code /var/lib/cairn/state} for root
 */
record ClientPaths(Path data, Path config, Path state) {

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
    Path state = directory(environment, "XDG_STATE_HOME", home.resolve(".local/state"));
    boolean system = root && !environment.containsKey("XDG_DATA_HOME");
    boolean systemState = root && !environment.containsKey("XDG_STATE_HOME");
    return new ClientPaths(
        system ? SYSTEM_DATA : share.resolve("cairn"),
        config.resolve("cairn/client.toml"),
        systemState ? SYSTEM_DATA.resolve("state") : state.resolve("cairn"));
  }

  /** The data directory of the embedded node. */
  Path embedded() {
    return data.resolve("embedded");
  }

  /** Where the embedded node of a mount answers other commands. */
  Path socket() {
    return data.resolve("embedded.socket");
  }

  /** The data directory of {@code cairn node start} unless it is told another one. */
  Path node() {
    return data.resolve("node");
  }

  /** A file for each mount of this user. */
  Path mounts() {
    return state.resolve("mounts");
  }

  /** What mounts in the background write. */
  Path logs() {
    return state.resolve("log");
  }

  /** Makes a directory, and those above it, which only this user may enter. */
  static Path makePrivate(Path directory) throws IOException {
    return Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
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
