package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The {@code cairn} command as one user has it, with data, configuration and state of its own. */
final class Cairn {

  private static final String MAIN_CLASS = "io.cairnfs.client.cli.CairnCommand";
  private static final String UNCHECKED_MAIN_CLASS = "io.cairnfs.client.cli.UncheckedCairn";
  private static final int COMMAND_HEAP_MEBIBYTES = 64;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** Of all users: some share a home. */
  private static final AtomicInteger NUMBERED = new AtomicInteger();

  /** As Debian's package faketime has it. */
  private static final Path FAKETIME =
      Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1");

  private final Path home;
  private final List<String> access;
  private final TestNetwork.@Nullable Host host;
  private final String mainClass;
  private final boolean optimised;
  private final Map<String, String> environment;

  private Cairn(
      Path home,
      List<String> access,
      TestNetwork.@Nullable Host host,
      String mainClass,
      boolean optimised,
      Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
    this.home = home;
    this.access = access;
    this.host = host;
    this.mainClass = mainClass;
    this.optimised = optimised;
  }

  /** A user of the embedded node. */
  static Cairn embedded() throws IOException {
    return with("home", List.of());
  }

  private static Cairn with(String home, List<String> access) throws IOException {
    Path directory = RunDirectory.current().newDirectory(home);
    return new Cairn(directory, access, null, MAIN_CLASS, false, Map.of());
  }

  /** A user of a cluster. */
  static Cairn of(TestCluster cluster) throws IOException {
    return of(cluster, cluster.nodes());
  }

  /** A user who knows of a cluster only these nodes. */
  static Cairn of(TestCluster cluster, List<TestNode> nodes) throws IOException {
    List<String> access = new ArrayList<>();
    for (TestNode node : nodes) {
      access.addAll(List.of("--node", node.address()));
    }
    access.addAll(List.of("--token-file", cluster.tokenFile().toString()));
    return with("home", access);
  }

  /** A user without a cluster in its words, for {@code node start}. */
  static Cairn operator() throws IOException {
    return with("node", List.of());
  }

  /** The same user at a terminal of this host. */
  Cairn on(TestNetwork.Host there) {
    return new Cairn(home, access, there, mainClass, optimised, environment);
  }

  /** The same user with a command whose commits conflict with nothing. */
  Cairn unchecked() {
    return new Cairn(home, access, host, UNCHECKED_MAIN_CLASS, optimised, environment);
  }

  /** The same user, whose processes are compiled as they are in use. */
  Cairn optimised() {
    return new Cairn(home, access, host, mainClass, true, environment);
  }

  /** The same user, whose processes have a clock of their own, if this machine has libfaketime. */
  Cairn withClock() throws IOException {
    if (!clocksCanJump()) {
      return this;
    }
    setClock(0);
    Map<String, String> more = new HashMap<>(environment);
    more.put("LD_PRELOAD", FAKETIME.toString());
    more.put("FAKETIME_TIMESTAMP_FILE", clock().toString());
    more.put("FAKETIME_CACHE_DURATION", "1");
    more.put("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    more.put("FAKETIME_FORCE_MONOTONIC_FIX", "0"); // else waits of a JVM end at once
    return new Cairn(home, access, host, mainClass, optimised, more);
  }

  static boolean clocksCanJump() {
    return Files.exists(FAKETIME);
  }

  /** Sets the clock so many seconds off, within a second. */
  void setClock(long seconds) throws IOException {
    Path next = Files.writeString(home.resolve("clock.new"), "%+d".formatted(seconds));
    Files.move(next, clock(), StandardCopyOption.ATOMIC_MOVE);
  }

  private Path clock() {
    return home.resolve("clock");
  }

  Path home() {
    return home;
  }

  /** Whether this user is on the tests' own host. */
  boolean isHere() {
    return host == null;
  }

  /** Of the host where this user is. */
  String address() {
    return host == null ? "127.0.0.1" : host.address();
  }

  /** How a command ended. */
  record Result(int exitCode, String out, String err) {

    Result expect(int code) {
      assertEquals(code, exitCode, this::toString);
      return this;
    }

    Result complains(String words) {
      assertTrue(err.contains(words), this::toString);
      return this;
    }
  }

  /** Runs a command of this user's cluster to its end. */
  Result run(String... words) throws IOException, InterruptedException {
    return run(Path.of("/dev/null"), home.resolve("out-" + NUMBERED.incrementAndGet()), words);
  }

  /** As {@link #run(String...)}, which may take so long. */
  Result run(Duration patience, String... words) throws IOException, InterruptedException {
    Path out = home.resolve("out-" + NUMBERED.incrementAndGet());
    return run(patience, Path.of("/dev/null"), out, words);
  }

  /** As {@link #run(String...)}, from a file and to another, as text or not. */
  Result run(Path in, Path out, String... words) throws IOException, InterruptedException {
    return run(PATIENCE, in, out, words);
  }

  private Result run(Duration patience, Path in, Path out, String... words)
      throws IOException, InterruptedException {
    Path err = home.resolve("err-" + NUMBERED.incrementAndGet());
    List<String> all = new ArrayList<>(List.of(words));
    if (!words[0].equals("umount") && !words[0].equals("key")) {
      all.addAll(access);
    }
    Process process = start(COMMAND_HEAP_MEBIBYTES, all, in, out, err);
    if (!process.waitFor(patience)) {
      process.destroyForcibly();
      throw new AssertionError(all + " did not end: " + Files.readString(err));
    }
    return new Result(
        process.exitValue(),
        Files.readString(out, StandardCharsets.ISO_8859_1),
        Files.readString(err));
  }

  /** Starts a command that serves; with this user's cluster if {@code inCluster}. */
  Process serve(int heapMebibytes, boolean inCluster, List<String> words, Path out, Path err)
      throws IOException {
    List<String> all = new ArrayList<>(words);
    if (inCluster) {
      all.addAll(access);
    }
    return start(heapMebibytes, all, Path.of("/dev/null"), out, err);
  }

  private Process start(int heapMebibytes, List<String> words, Path in, Path out, Path err)
      throws IOException {
    List<String> command =
        optimised
            ? JavaProcess.optimisedCommandLine(heapMebibytes, mainClass, words)
            : JavaProcess.commandLine(heapMebibytes, mainClass, words);
    ProcessBuilder builder =
        new ProcessBuilder(host == null ? command : host.command(command))
            .redirectInput(in.toFile())
            .redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()))
            .redirectError(ProcessBuilder.Redirect.appendTo(err.toFile()));
    Map<String, String> environment = builder.environment();
    environment.putAll(this.environment);
    environment.put("XDG_DATA_HOME", home.resolve("d").toString());
    environment.put("XDG_STATE_HOME", home.resolve("s").toString());
    environment.put("XDG_CONFIG_HOME", home.resolve("c").toString());
    environment.remove("CAIRN_NODE");
    environment.remove("CAIRN_TOKEN_FILE");
    return RunDirectory.current().mark(builder).start();
  }

  /** Waits until a file of a process holds a line that begins so; gives that line. */
  static String awaitLine(Process process, Path out, Path err, String beginning)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      boolean ended = process.waitFor(50, TimeUnit.MILLISECONDS);
      for (String line : Files.readString(out).split("\n", -1)) {
        if (line.startsWith(beginning)) {
          return line;
        }
      }
      if (ended || System.nanoTime() > deadline) {
        process.destroyForcibly();
        throw new AssertionError("no '" + beginning + "': " + Files.readString(err));
      }
    }
  }
}
