package io.cairnfs.it;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A node of a cluster as a process of its own, which can be killed, paused and started again. */
final class TestNode {

  private static final int HEAP_MEBIBYTES = 96;
  private static final long END_SECONDS = 30;

  private final Cairn operator;
  private final List<String> join;
  private String address;
  private String id = "";
  private String http = "";
  private Process process;

  /**
   * @param operator who starts it, and where
   * @param join the options by which it enters a cluster; none to found one
   */
  TestNode(Cairn operator, List<String> join) throws IOException, InterruptedException {
    this.operator = operator;
    this.join = List.copyOf(join);
    this.address = operator.address() + ":0";
    this.process = start();
  }

  private Process start() throws IOException, InterruptedException {
    Path out = operator.home().resolve("out");
    Path err = operator.home().resolve("err");
    Files.deleteIfExists(out);
    List<String> words = new ArrayList<>(List.of("node", "start", "--data", data().toString()));
    words.addAll(List.of("--listen", address, "--http", "127.0.0.1:0"));
    words.addAll(join);
    Process started = operator.serve(HEAP_MEBIBYTES, false, words, out, err);
    String ready = Cairn.awaitLine(started, out, err, "ready ");
    for (String word : ready.split(" ", -1)) {
      if (word.startsWith("address=")) {
        address = word.substring("address=".length());
      } else if (word.startsWith("id=")) {
        id = word.substring("id=".length());
      } else if (word.startsWith("http=")) {
        http = word.substring("http=".length());
      }
    }
    return started;
  }

  /** Of its process. */
  long pid() {
    return process.pid();
  }

  String id() {
    return id;
  }

  /** How it is, in JSON. */
  String status() throws IOException {
    try (InputStream answer = URI.create("http://" + http + "/status").toURL().openStream()) {
      return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** How many other nodes it takes for up. */
  int peersUp() throws IOException {
    return peersUp(status());
  }

  private static int peersUp(String status) {
    return status.split("\"alive\":true", -1).length - 1;
  }

  /** Whether a node with this status misses nothing, complains of nothing and sees all peers up. */
  static boolean isWhole(String status, int peers) {
    return status.contains("\"underReplicated\":0,")
        && status.contains("\"problems\":[]")
        && peersUp(status) == peers
        && !status.contains("\"alive\":false");
  }

  /** Whether it hosts the head of a volume. */
  boolean hostsHeads() throws IOException {
    return !status().contains("\"volumes\":0,");
  }

  /** Whether {@link #status} answers: it does not on a host of its own. */
  boolean isHere() {
    return operator.isHere();
  }

  boolean isRunning() {
    return process.isAlive();
  }

  /** Where peers reach it: the same after a restart. */
  String address() {
    return address;
  }

  Path data() {
    return operator.home().resolve("data");
  }

  /** Starts it again, on its data and its port. */
  void restart() throws IOException, InterruptedException {
    kill();
    process = start();
  }

  /** Deletes everything in some directories of its data; it must not run. */
  void lose(String... parts) throws IOException {
    for (String part : parts) {
      Path directory = data().resolve(part);
      if (Files.exists(directory)) {
        try (Stream<Path> all = Files.walk(directory)) {
          for (Path path : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) {
            Files.delete(path);
          }
        }
      }
    }
  }

  /** kill -9. */
  void kill() throws InterruptedException {
    strike();
    process.waitFor();
  }

  /** kill -9, without waiting for the end. */
  void strike() {
    process.destroyForcibly();
  }

  /** SIGTERM; gives the exit code. */
  int terminate() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("node " + id + " does not end");
    }
    return process.exitValue();
  }

  /** SIGSTOP: it answers nothing, and its connections stay. */
  void pause() {
    JavaProcess.signal(process, JavaProcess.SIGSTOP);
  }

  /** Sets its clock so many seconds off, if it has one of its own. */
  void setClock(long seconds) throws IOException {
    operator.setClock(seconds);
  }

  void resume() {
    JavaProcess.signal(process, JavaProcess.SIGCONT);
  }
}
