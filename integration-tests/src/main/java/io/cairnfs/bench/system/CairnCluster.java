package io.cairnfs.bench.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Three nodes as processes of their own, and a mount with three replicas of everything. */
public final class CairnCluster extends CairnMount {

  /** Its name among the targets. */
  public static final String NAME = "cluster3";

  private static final int NODES = 3;
  private static final String VOLUME = "bench";

  /** What a node prints when it serves and has joined. */
  private static final Pattern READY =
      Pattern.compile("^ready .*\\baddress=(\\S+)", Pattern.MULTILINE);

  private static final long POLL_MILLIS = 100;

  /** From the start of a node until it is ready. */
  private static final long START_SECONDS = 60;

  private final List<String> addresses = new ArrayList<>();

  /**
   * @param command {@code bin/cairn}
   */
  public CairnCluster(Workspace workspace, Path command) {
    super(workspace, NAME, command);
  }

  @Override
  void start() throws IOException, InterruptedException {
    addresses.clear();
    for (int i = 0; i < NODES; i++) {
      addresses.add(startNode(i));
    }
    List<String> create = new ArrayList<>(List.of("volume", "create", VOLUME));
    create.addAll(List.of("--replication", Integer.toString(NODES)));
    create.addAll(access());
    cairn(create.toArray(new String[0]));
  }

  /** Starts a node on any free port; returns its address. */
  private String startNode(int number) throws IOException, InterruptedException {
    String name = "node" + number;
    Path config = directory().resolve(name + ".toml");
    Path log = directory().resolve(name + ".log");
    Files.writeString(config, configuration(name));
    Process process =
        program(words("node", "start", "--config", config.toString()))
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (process.isAlive() && System.nanoTime() < deadline) {
      Matcher ready = READY.matcher(Files.readString(log));
      if (ready.find()) {
        return ready.group(1);
      }
      Thread.sleep(POLL_MILLIS);
    }
    String end = Files.readString(log).lines().reduce("", (before, line) -> line);
    throw new IOException(name + " did not become ready: " + end);
  }

  private String configuration(String name) {
    String node =
        """
        [node]
        data = "%s"
        listen = "127.0.0.1:0"
        http = "127.0.0.1:0"
        zone = "%s"
        """
            .formatted(data().resolve(name), name);
    if (addresses.isEmpty()) {
      return node;
    }
    return node
        + """
        [cluster]
        bootstrap = ["%s"]
        token-file = "%s"
        """
            .formatted(addresses.getFirst(), token());
  }

  @Override
  List<String> mountArguments() {
    List<String> words = new ArrayList<>(access());
    words.add(VOLUME);
    return words;
  }

  private List<String> access() {
    List<String> words = new ArrayList<>();
    for (String address : addresses) {
      words.addAll(List.of("--node", address));
    }
    words.addAll(List.of("--token-file", token().toString()));
    return words;
  }

  /** Made by the node that founds the cluster. */
  private Path token() {
    return data().resolve("node0").resolve("join-token");
  }
}
