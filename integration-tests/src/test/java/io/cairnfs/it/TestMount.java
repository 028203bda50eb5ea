package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A mount served by a child process in the foreground, which can be killed and mounted again. */
final class TestMount implements AutoCloseable {

  private static final int HEAP_MEBIBYTES = 256;
  private static final long END_SECONDS = 60;

  private final Cairn cairn;
  private final boolean cluster;
  private final Path directory;
  private final List<String> words;
  private Process process;

  private TestMount(Cairn cairn, boolean cluster, Path directory, List<String> words)
      throws IOException, InterruptedException {
    this.cairn = cairn;
    this.cluster = cluster;
    this.directory = directory;
    this.words = words;
    this.process = start();
  }

  /** Mounts the embedded node's default volume, with these further words of the command. */
  static TestMount embedded(Cairn cairn, String... words) throws IOException, InterruptedException {
    return new TestMount(cairn, false, RunDirectory.current().newDirectory("mnt"), List.of(words));
  }

  /** Mounts a volume of the cluster, with these further words of the command. */
  static TestMount of(Cairn cairn, String volume, String... words)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(volume));
    all.addAll(List.of(words));
    return new TestMount(cairn, true, RunDirectory.current().newDirectory("mnt"), all);
  }

  private Process start() throws IOException, InterruptedException {
    Path out = Files.createTempFile(cairn.home(), "mount-", ".out");
    Path err = Files.createTempFile(cairn.home(), "mount-", ".err");
    List<String> all = new ArrayList<>(List.of("mount", "-f"));
    all.addAll(words);
    all.add(directory.toString());
    Process started = cairn.serve(HEAP_MEBIBYTES, cluster, all, out, err);
    Cairn.awaitLine(started, out, err, "mounted on ");
    return started;
  }

  Path directory() {
    return directory;
  }

  /** Of the process that serves it. */
  long pid() {
    return process.pid();
  }

  /** kill -9: what is mounted stays there dead until it is mounted again. */
  void kill() throws InterruptedException {
    strike();
    process.waitFor();
  }

  /** kill -9, without waiting for the end. */
  void strike() {
    process.destroyForcibly();
  }

  /** SIGSTOP: whoever uses it waits. */
  void pause() {
    JavaProcess.signal(process, JavaProcess.SIGSTOP);
  }

  void resume() {
    JavaProcess.signal(process, JavaProcess.SIGCONT);
  }

  /** Mounts again on the same directory. */
  void remount() throws IOException, InterruptedException {
    process = start();
  }

  /** A good end, by SIGTERM: what {@code cairn umount} leads to, without a process of its own. */
  void unmount() throws InterruptedException {
    assertEquals(0, terminate());
  }

  /** SIGTERM; gives the exit code. */
  int terminate() throws InterruptedException {
    process.destroy();
    return end();
  }

  private int end() throws InterruptedException {
    if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("the mount's process does not end");
    }
    return process.exitValue();
  }

  @Override
  public void close() throws IOException {
    try {
      process.destroyForcibly();
      // By force: a thread of it may be in the kernel and wait for what it does not answer any
      // more.
      new ProcessBuilder("umount", "-f", "-l", directory.toString())
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // what is left is the reaper's
    }
  }
}
