package io.cairnfs.it;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The processes of a scene with hostile peers, each spoken to by lines. */
final class HostileScene implements AutoCloseable {

  private static final int HEAP_MEBIBYTES = 128;

  /**
   * The node has all of its heap from the start: what grows later is what the heap's bound does not
   * bound.
   */
  private static final String WHOLE_HEAP = "-Xms" + HEAP_MEBIBYTES + "m -XX:+AlwaysPreTouch";

  /** Compilers stay, so that what they used can be told from the rest. */
  private static final String LASTING_COMPILERS = "-XX:-UseDynamicNumberOfCompilerThreads";

  /** So that what they keep in memory can be told, too. */
  private static final String TRACKED_MEMORY = "-XX:NativeMemoryTracking=summary";

  private static final Pattern COMPILERS_MEMORY =
      Pattern.compile("(?:Code|Compiler|Arena Chunk) \\(reserved=\\d+KB, committed=(\\d+)KB");

  /** In the names of their threads, which the kernel cuts short. */
  private static final String COMPILER = "CompilerThre";

  private static final long CLOSE_SECONDS = 5;

  /** One of them. */
  static final class Actor {

    private final Process process;
    private final BufferedReader out;
    private final BufferedWriter in;

    Actor(Process process) {
      this.process = process;
      out = process.inputReader(StandardCharsets.UTF_8);
      in = process.outputWriter(StandardCharsets.UTF_8);
    }

    void say(String line) throws IOException {
      in.write(line + "\n");
      in.flush();
    }

    String hear() throws IOException {
      String line = out.readLine();
      if (line == null) {
        throw new IOException("the process has ended");
      }
      return line;
    }

    /** Resident memory in bytes. */
    long residentBytes() throws IOException {
      for (String line : Files.readAllLines(proc("status"))) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
        }
      }
      throw new IOException("no VmRSS in " + proc("status"));
    }

    /** Bytes that the JIT compilers hold: compiled code, and what they work in. */
    long compilersBytes() throws IOException {
      String told = JavaProcess.jcmd(process.pid(), "VM.native_memory", "summary");
      Matcher parts = COMPILERS_MEMORY.matcher(told);
      long kibibytes = 0;
      while (parts.find()) {
        kibibytes += Long.parseLong(parts.group(1));
      }
      if (kibibytes == 0) {
        throw new IOException("no memory of compilers in: " + told);
      }
      return kibibytes << 10;
    }

    /**
     * CPU seconds used so far, but by the JIT compilers: they do once for all what they do when an
     * attack is the first.
     */
    double cpuSeconds() throws IOException {
      long ticks = ticksIn(Files.readString(proc("stat")));
      try (DirectoryStream<Path> threads = Files.newDirectoryStream(proc("task"))) {
        for (Path thread : threads) {
          String stat = readIfThere(thread.resolve("stat"));
          if (stat.contains(COMPILER)) {
            ticks -= ticksIn(stat);
          }
        }
      }
      return ticks / HostileCpus.TICKS_PER_SECOND;
    }

    /** In user and kernel mode together; see proc_pid_stat(5). */
    private static long ticksIn(String stat) {
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    private static String readIfThere(Path stat) {
      try {
        return Files.readString(stat);
      } catch (IOException e) {
        return ""; // the thread has ended
      }
    }

    /** Ends the process at once. */
    void kill() {
      process.destroyForcibly();
    }

    private Path proc(String file) {
      return Path.of("/proc", Long.toString(process.pid()), file);
    }
  }

  /** A node that runs. */
  record NodeActor(Actor actor, int port, String id, Path token) {

    List<String> arguments() {
      return List.of(Integer.toString(port), id, token.toString());
    }
  }

  private final RunDirectory run = RunDirectory.current();
  private final HostileCpus cpus;
  private final List<Actor> actors = new ArrayList<>();

  HostileScene() throws IOException {
    cpus = HostileCpus.ofThisMachine();
  }

  NodeActor node() throws IOException {
    return node(cpus.honest());
  }

  /** A node that takes no CPU from the first. */
  NodeActor nodeBesideAttackers() throws IOException {
    return node(cpus.hostile());
  }

  private NodeActor node(String where) throws IOException {
    Path data = run.newDirectory("hostile-node").resolve("data");
    Actor actor =
        start(
            List.of("taskset", "-c", where),
            HostileNode.class,
            List.of(data.toString()),
            String.join(" ", WHOLE_HEAP, LASTING_COMPILERS, TRACKED_MEMORY));
    String[] words = actor.hear().split(" ", -1);
    return new NodeActor(actor, Integer.parseInt(words[0]), words[1], data.resolve("join-token"));
  }

  /** Who runs where. */
  HostileCpus cpus() {
    return cpus;
  }

  /** Starts an honest peer. */
  Actor honest(Class<?> main, List<String> arguments) throws IOException {
    return start(List.of("taskset", "-c", cpus.honest()), main, arguments, LASTING_COMPILERS);
  }

  /** Starts attackers. */
  Actor hostile(Class<?> main, List<String> arguments) throws IOException {
    return start(List.of("taskset", "-c", cpus.hostile()), main, arguments, "");
  }

  private Actor start(
      List<String> prefix, Class<?> main, List<String> arguments, String javaOptions)
      throws IOException {
    Path log = run.newDirectory("hostile-log").resolve(main.getSimpleName());
    List<String> command = new ArrayList<>(prefix);
    command.addAll(JavaProcess.optimisedCommandLine(HEAP_MEBIBYTES, main.getName(), arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
    builder.environment().put("JDK_JAVA_OPTIONS", javaOptions);
    builder.environment().put("MALLOC_ARENA_MAX", "2"); // as bin/cairn does
    Actor actor = new Actor(run.mark(builder).start());
    actors.add(actor);
    return actor;
  }

  /** Ends all processes. */
  @Override
  public void close() {
    for (Actor actor : actors) {
      try {
        actor.in.close();
        if (!actor.process.waitFor(CLOSE_SECONDS, TimeUnit.SECONDS)) {
          actor.process.destroyForcibly();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        actor.process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }
}
