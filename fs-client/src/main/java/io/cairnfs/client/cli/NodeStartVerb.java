package io.cairnfs.client.cli;

import io.cairnfs.node.Node;
import io.cairnfs.node.config.Addresses;
import io.cairnfs.node.config.NodeConfig;
import io.cairnfs.node.config.NodeConfigFile;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code cairn node start}: runs a node until it is told to end. */
@Command(
    name = "start",
    description = "Run a node of a cluster, in the foreground, until SIGTERM or Ctrl-C.",
    footer = {
      "",
      "Examples:",
      "  cairn node start --data /srv/n1                 found a cluster; its token is in there",
      "  cairn node start --data /srv/n2 --listen :7450 --http 127.0.0.1:7451 \\",
      "      --bootstrap host:7440 --token-file /srv/n1/join-token",
      "  cairn node start --config /etc/cairn/node.toml"
    })
final class NodeStartVerb extends Verb {

  private static final Duration CLOSING = Duration.ofSeconds(20);

  @Option(names = "--config", paramLabel = "FILE", description = "TOML; flags come before it.")
  private @Nullable Path config;

  @Option(names = "--data", paramLabel = "DIRECTORY", description = "Where everything is kept.")
  private @Nullable Path data;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "For peers. Default: port 7440 of every address.")
  private @Nullable String listen;

  @Option(
      names = "--http",
      paramLabel = "HOST:PORT",
      description = "For metrics and status. Default: port 7441 of the loopback address.")
  private @Nullable String http;

  @Option(
      names = "--advertise",
      paramLabel = "HOST:PORT",
      description = "Where peers reach it, if that is not where it listens.")
  private List<String> advertise = new ArrayList<>();

  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      description = "A node of the cluster to join; again for more. Default: found a cluster.")
  private List<String> bootstrap = new ArrayList<>();

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "The join token of the cluster to join.")
  private @Nullable Path tokenFile;

  @Option(names = "--zone", paramLabel = "NAME", description = "Failure domain, such as a rack.")
  private @Nullable String zone;

  @Override
  public Integer call() throws CommandException, IOException, InterruptedException {
    Logging.serving(root().verbose());
    NodeConfig merged = merged();
    CountDownLatch stop = new CountDownLatch(1);
    try (Termination termination = new Termination(stop::countDown, CLOSING)) {
      try (Node node = Node.start(merged, Version.number())) {
        ready(node, merged);
        stop.await();
      } catch (IOException | InterruptedException | RuntimeException e) {
        termination.failed(e);
        throw e;
      }
    }
    return ExitCode.OK;
  }

  /** The one line that says that the node serves. */
  private void ready(Node node, NodeConfig used) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", node.id().toString());
    fields.put("address", text(node.address()));
    node.httpAddress().ifPresent(address -> fields.put("http", text(address)));
    fields.put("data", used.data().toString());
    StringBuilder line = new StringBuilder("ready");
    fields.forEach((name, value) -> line.append(' ').append(name).append('=').append(value));
    answer(line.toString(), fields);
    out().flush();
  }

  private static String text(InetSocketAddress address) {
    return address.getHostString() + ":" + address.getPort();
  }

  private NodeConfig merged() throws CommandException, IOException {
    ClientPaths paths = ClientPaths.ofThisUser();
    NodeConfig base =
        config == null ? NodeConfig.defaults(paths.node()) : NodeConfigFile.read(config);
    try {
      return new NodeConfig(
          data == null ? base.data() : data.toAbsolutePath(),
          listen == null ? base.listen() : Addresses.listening(listen, NodeConfig.DEFAULT_PORT),
          advertise.isEmpty() ? base.advertise() : all(advertise, Addresses::remote),
          http == null ? base.http() : Addresses.listening(http, NodeConfig.DEFAULT_HTTP_PORT),
          zone == null ? base.zone() : zone,
          base.capacityBytes(),
          base.grace(),
          base.roles(),
          base.memory(),
          bootstrap.isEmpty() ? base.bootstrap() : all(bootstrap, Addresses::remote),
          tokenFile == null ? base.tokenFile() : Optional.of(tokenFile),
          base.allow(),
          base.heads(),
          base.scrub(),
          base.repair());
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  private static List<InetSocketAddress> all(
      List<String> words, BiFunction<String, Integer, InetSocketAddress> parser) {
    return words.stream().map(word -> parser.apply(word, NodeConfig.DEFAULT_PORT)).toList();
  }
}
