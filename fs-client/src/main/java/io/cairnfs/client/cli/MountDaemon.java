package io.cairnfs.client.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Starts a mount's process in the background: the same program again, in a session of its own, with
 * a log in place of the terminal. A process that forks after its start is not possible in Java, so
 * the second one begins anew.
 */
final class MountDaemon {

  private static final long POLL_MILLIS = 20;

  /**
   * What starting takes beyond what the mount's own timeout bounds: two JVMs and opening the store.
   */
  private static final Duration START = Duration.ofSeconds(60);

  /** A log that is larger makes way for a new one; the one before is kept. */
  private static final long MAX_LOG_BYTES = 8 << 20;

  private final ClientPaths paths;
  private final boolean verbose;

  MountDaemon(ClientPaths paths, boolean verbose) {
    this.paths = paths;
    this.verbose = verbose;
  }

  /**
   * Returns when the mount is usable.
   *
   * @return its log
   * @throws CommandException if it could not be mounted; nothing is left then
   */
  Path start(MountRequest request) throws IOException, InterruptedException, CommandException {
    Path log = openLog(request.directory());
    Path file = Files.createTempFile(ClientPaths.makePrivate(paths.state()), "start-", ".report");
    try {
      Process process =
          new ProcessBuilder(words(request, file, log))
              .directory(Path.of("/").toFile())
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      // Interrupted here, the user expects nothing to go on.
      Thread abandon = new Thread(process::destroy, "abandon");
      Runtime.getRuntime().addShutdownHook(abandon);
      try {
        await(process, new StartReport(file), request, log);
      } catch (CommandException | IOException | InterruptedException e) {
        process.destroy();
        throw e;
      } finally {
        Runtime.getRuntime().removeShutdownHook(abandon);
      }
    } finally {
      Files.deleteIfExists(file);
    }
    return log;
  }

  private static void await(Process process, StartReport report, MountRequest request, Path log)
      throws IOException, InterruptedException, CommandException {
    long deadline = System.nanoTime() + START.plus(request.options().timeout()).toNanos();
    while (true) {
      boolean ended = process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
      String told = report.read();
      if (told != null) {
        if (!told.isEmpty()) {
          throw new CommandException(told);
        }
        return;
      }
      if (ended) {
        throw new CommandException("the mount's process died while it started; see " + log);
      }
      if (System.nanoTime() > deadline) {
        throw new CommandException(
            request.directory() + " could not be mounted in time; see " + log);
      }
    }
  }

  private List<String> words(MountRequest request, Path report, Path log) throws IOException {
    List<String> words = new ArrayList<>();
    words.add("setsid");
    words.addAll(thisProgram());
    words.add(2, "-XX:ErrorFile=" + paths.logs().resolve("jvm-%p.log"));
    if (verbose) {
      words.add("-v");
    }
    words.addAll(List.of("mount", "--report", report.toString(), "--log", log.toString()));
    words.addAll(request.words());
    return words;
  }

  /** The JVM, its options and the main class, as the launcher named them. */
  private static List<String> thisProgram() throws IOException {
    String commandLine = Files.readString(Path.of("/proc/self/cmdline"), StandardCharsets.UTF_8);
    List<String> words = Arrays.asList(commandLine.split("\0", -1));
    int main = words.indexOf(CairnCommand.class.getName());
    if (main < 0) {
      throw new IOException("this JVM was not started as the cairn command; use mount -f");
    }
    return words.subList(0, main + 1);
  }

  private Path openLog(Path directory) throws IOException {
    String name = directory.toString().substring(1).replace('/', '-');
    int keep = Math.max(0, name.length() - 100); // a file's name has at most 255 bytes
    Path log = ClientPaths.makePrivate(paths.logs()).resolve(name.substring(keep) + ".log");
    if (Files.exists(log) && Files.size(log) > MAX_LOG_BYTES) {
      Files.move(
          log, log.resolveSibling(log.getFileName() + ".old"), StandardCopyOption.REPLACE_EXISTING);
    }
    return log;
  }
}
