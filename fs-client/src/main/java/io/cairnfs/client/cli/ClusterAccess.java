package io.cairnfs.client.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;

/**
 * Which cluster is meant. Flags come before the environment ({@code CAIRN_NODE}, separated by
 * commas, and {@code CAIRN_TOKEN_FILE}), and that before the client's configuration file.
 *
 * @param nodes as {@code HOST:PORT}; empty for the embedded node
 * @param tokenFile holds the cluster's join token; null if none was named
 */
record ClusterAccess(List<String> nodes, @Nullable Path tokenFile) {

  private static final String NODES_KEY = "node";
  private static final String TOKEN_KEY = "token-file";

  ClusterAccess {
    nodes = List.copyOf(nodes);
  }

  /**
   * @param config may be absent
   * @throws CommandException if the file is no such configuration
   */
  static ClusterAccess resolve(
      List<String> nodeFlags,
      @Nullable Path tokenFlag,
      Map<String, String> environment,
      Path config)
      throws IOException, CommandException {
    ClusterAccess file = read(config);
    List<String> nodes = nodeFlags.isEmpty() ? words(environment.get("CAIRN_NODE")) : nodeFlags;
    Path token = tokenFlag;
    String tokenVariable = environment.get("CAIRN_TOKEN_FILE");
    if (token == null && tokenVariable != null && !tokenVariable.isEmpty()) {
      token = Path.of(tokenVariable);
    }
    return new ClusterAccess(
        nodes.isEmpty() ? file.nodes : nodes, token == null ? file.tokenFile : token);
  }

  private static List<String> words(@Nullable String commas) {
    if (commas == null) {
      return List.of();
    }
    return Arrays.stream(commas.split(",", -1))
        .map(String::strip)
        .filter(word -> !word.isEmpty())
        .toList();
  }

  private static ClusterAccess read(Path config) throws IOException, CommandException {
    if (!Files.exists(config)) {
      return new ClusterAccess(List.of(), null);
    }
    TomlParseResult toml = Toml.parse(config);
    if (toml.hasErrors()) {
      throw new CommandException(config + ": " + toml.errors().getFirst());
    }
    for (String key : toml.keySet()) {
      if (!key.equals(NODES_KEY) && !key.equals(TOKEN_KEY)) {
        throw new CommandException(
            config + ": unknown key '" + key + "'; known are " + NODES_KEY + ", " + TOKEN_KEY);
      }
    }
    if (!toml.isEmpty() && toml.contains(NODES_KEY) && !toml.isArray(NODES_KEY)) {
      throw new CommandException(config + ": node must be a list, such as [\"host:7440\"]");
    }
    List<String> nodes = new ArrayList<>();
    TomlArray array = toml.getArrayOrEmpty(NODES_KEY);
    for (int i = 0; i < array.size(); i++) {
      nodes.add(String.valueOf(array.get(i)));
    }
    Object token = toml.get(TOKEN_KEY);
    return new ClusterAccess(nodes, token == null ? null : Path.of(token.toString()));
  }
}
