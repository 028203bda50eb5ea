package io.cairnfs.node.config;

import io.cairnfs.dht.record.NodeRole;
import io.cairnfs.protocol.identity.NodeId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;

/**
 * Reads a node's configuration from TOML. Every key may be missing but {@code node.data}; a key
 * that is not known is an error, because it is a typing error more often than not.
 */
public final class NodeConfigFile {

  private static final Map<String, NodeRole> ROLES =
      Map.of("store", NodeRole.STORES_BLOCKS, "vote", NodeRole.VOTES, "http", NodeRole.SERVES_HTTP);

  private static final Set<String> KEYS =
      Set.of(
          "node.data",
          "node.listen",
          "node.advertise",
          "node.http",
          "node.zone",
          "node.capacity",
          "node.grace",
          "node.scrub",
          "node.scrub-budget",
          "node.roles",
          "node.memory",
          "cluster.bootstrap",
          "cluster.token-file",
          "cluster.allow",
          "cluster.heads",
          "cluster.voter-grace",
          "repair.rebuild-after",
          "repair.compare",
          "repair.rate");

  private final Path file;
  private final TomlParseResult toml;

  private NodeConfigFile(Path file, TomlParseResult toml) {
    this.file = file;
    this.toml = toml;
  }

  /**
   * Reads a configuration. Paths in it are relative to its directory.
   *
   * @throws ConfigException if it is wrong
   * @throws IOException if it cannot be read
   */
  public static NodeConfig read(Path file) throws IOException {
    TomlParseResult toml = Toml.parse(Files.readString(file));
    if (toml.hasErrors()) {
      throw new ConfigException(file + ", " + toml.errors().getFirst());
    }
    return new NodeConfigFile(file, toml).toConfig();
  }

  private NodeConfig toConfig() throws ConfigException {
    refuseUnknownKeys();
    String data = string("node.data", text -> text);
    if (data == null) {
      throw new ConfigException(file + ": node.data, the data directory, is missing");
    }
    NodeConfig defaults = NodeConfig.defaults(path(data));
    String tokenFile = string("cluster.token-file", text -> text);
    try {
      return new NodeConfig(
          defaults.data(),
          or(
              string("node.listen", text -> Addresses.listening(text, NodeConfig.DEFAULT_PORT)),
              defaults.listen()),
          strings("node.advertise", text -> Addresses.remote(text, NodeConfig.DEFAULT_PORT)),
          or(
              string("node.http", text -> Addresses.listening(text, NodeConfig.DEFAULT_HTTP_PORT)),
              defaults.http()),
          or(string("node.zone", text -> text), defaults.zone()),
          capacity(),
          or(string("node.grace", Durations::parse), defaults.grace()),
          roles(defaults),
          or(string("node.memory", NodeConfigFile::memory), defaults.memory()),
          bootstrap(),
          Optional.ofNullable(tokenFile).map(this::path),
          new HashSet<>(strings("cluster.allow", NodeId::parse)),
          new HeadSettings(
              or(string("cluster.heads", NodeConfigFile::place), defaults.heads().place()),
              or(string("cluster.voter-grace", Durations::parse), defaults.heads().voterGrace())),
          new ScrubSettings(
              or(string("node.scrub", NodeConfigFile::scrubPeriod), defaults.scrub().period()),
              or(string("node.scrub-budget", Sizes::parse), defaults.scrub().budgetBytes())),
          repair(defaults.repair()));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(file + ": " + e.getMessage());
    }
  }

  private RepairSettings repair(RepairSettings defaults) throws ConfigException {
    return new RepairSettings(
        or(string("repair.rebuild-after", Durations::parse), defaults.rebuildAfter()),
        or(string("repair.compare", Durations::parse), defaults.compare()),
        or(string("repair.rate", NodeConfigFile::rate), defaults.bytesPerSecond()));
  }

  private static long rate(String text) {
    return text.equals("unlimited") ? 0 : Sizes.parse(text);
  }

  private void refuseUnknownKeys() throws ConfigException {
    Set<String> unknown = new TreeSet<>(toml.dottedKeySet());
    unknown.removeAll(KEYS);
    for (String key : unknown) {
      throw wrong(key, "is not known; known are " + String.join(", ", new TreeSet<>(KEYS)));
    }
  }

  private List<InetSocketAddress> bootstrap() throws ConfigException {
    return strings("cluster.bootstrap", text -> Addresses.remote(text, NodeConfig.DEFAULT_PORT));
  }

  private OptionalLong capacity() throws ConfigException {
    Long bytes = string("node.capacity", Sizes::parse);
    return bytes == null ? OptionalLong.empty() : OptionalLong.of(bytes);
  }

  private Set<NodeRole> roles(NodeConfig defaults) throws ConfigException {
    return toml.contains("node.roles")
        ? new HashSet<>(strings("node.roles", NodeConfigFile::role))
        : defaults.roles();
  }

  private static NodeRole role(String text) {
    NodeRole role = ROLES.get(text);
    if (role == null) {
      throw new IllegalArgumentException(
          "'" + text + "' is no role; roles are store, vote and http");
    }
    return role;
  }

  private static Duration scrubPeriod(String text) {
    if (text.equals("off")) {
      return Duration.ZERO;
    }
    Duration period = Durations.parse(text);
    if (period.isZero()) {
      throw new IllegalArgumentException("a period is not zero; \"off\" ends scrubbing");
    }
    return period;
  }

  private static HeadSettings.Place place(String text) {
    return switch (text) {
      case "journal" -> HeadSettings.Place.JOURNAL;
      case "cells" -> HeadSettings.Place.CELLS;
      default -> throw new IllegalArgumentException("'" + text + "' is neither journal nor cells");
    };
  }

  private static NodeConfig.Memory memory(String text) {
    for (NodeConfig.Memory memory : NodeConfig.Memory.values()) {
      if (memory.name().toLowerCase(Locale.ROOT).equals(text)) {
        return memory;
      }
    }
    throw new IllegalArgumentException("'" + text + "' is neither moderate nor large");
  }

  private Path path(String text) {
    Path directory = file.toAbsolutePath().getParent();
    return directory == null ? Path.of(text) : directory.resolve(text);
  }

  private <T> @Nullable T string(String key, Function<String, T> parser) throws ConfigException {
    Object value = toml.get(key);
    if (value == null) {
      return null;
    }
    if (!(value instanceof String text)) {
      throw wrong(key, "is to be a string");
    }
    return parse(key, text, parser);
  }

  private <T> List<T> strings(String key, Function<String, T> parser) throws ConfigException {
    Object value = toml.get(key);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof TomlArray array)) {
      throw wrong(key, "is to be a list of strings");
    }
    List<T> parsed = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      if (!(array.get(i) instanceof String text)) {
        throw wrong(key, "is to be a list of strings");
      }
      parsed.add(parse(key, text, parser));
    }
    return parsed;
  }

  private <T> T parse(String key, String text, Function<String, T> parser) throws ConfigException {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw wrong(key, String.valueOf(e.getMessage()));
    }
  }

  private ConfigException wrong(String key, String what) {
    TomlPosition position = toml.inputPositionOf(key);
    String line = position == null ? "" : ", line " + position.line();
    return new ConfigException(file + line + ": " + key + ": " + what);
  }

  private static <T> T or(@Nullable T value, T otherwise) {
    return value == null ? otherwise : value;
  }
}
