package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class RunDirectoryTest {

  @Test
  void closingRemovesWhatIsMarkedAndNothingElse() throws Exception {
    Process stranger = new ProcessBuilder("sleep", "60").start();
    try {
      RunDirectory directory = RunDirectory.open();
      Files.writeString(directory.newDirectory("some").resolve("file"), "text");
      Process marked = directory.mark(new ProcessBuilder("sleep", "60")).start();

      directory.close();

      assertTrue(marked.waitFor(5, TimeUnit.SECONDS));
      assertFalse(Files.exists(directory.path()));
      assertTrue(stranger.isAlive());
    } finally {
      stranger.destroyForcibly();
    }
  }

  @Test
  void whatIsStartedByAJvmThatEndsGoesToo() throws Exception {
    Process jvm =
        new ProcessBuilder(JavaProcess.commandLine(64, Latecomer.class.getName(), List.of()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader lines = jvm.inputReader()) {
      long started = Long.parseLong(lines.readLine());
      assertEquals(0, jvm.waitFor());
      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (isRunning(started)) {
        assertTrue(System.nanoTime() < deadline, "process " + started + " is left");
        Thread.sleep(50);
      }
    } finally {
      jvm.destroyForcibly();
    }
  }

  @ParameterizedTest
  @ValueSource(classes = {Maker.class, Mounter.class, Networker.class})
  void aKilledJvmLeavesNothing(Class<?> main) throws Exception {
    if (main == Networker.class) {
      TestNetwork.assumePossible();
    }
    Process jvm =
        new ProcessBuilder(JavaProcess.commandLine(64, main.getName(), List.of()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader lines = jvm.inputReader()) {
      Path path = Path.of(lines.readLine());
      long started = Long.parseLong(lines.readLine());
      boolean mounted = Boolean.parseBoolean(lines.readLine());
      assertTrue(isRunning(started));
      assertEquals(mounted, mountsUnder(path) == 1);

      jvm.destroyForcibly().waitFor();

      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (Files.exists(path) && System.nanoTime() < deadline) {
        Thread.sleep(50);
      }
      assertFalse(Files.exists(path));
      assertFalse(isRunning(started));
      assertEquals(0, mountsUnder(path));
    } finally {
      jvm.destroyForcibly();
    }
  }

  /** A dead orphan that nobody waited for, as in a container without an init, does not run. */
  private static boolean isRunning(long pid) throws IOException {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static long mountsUnder(Path path) throws IOException {
    try (var lines = Files.lines(Path.of("/proc/self/mountinfo"))) {
      return lines.filter(line -> line.contains(" " + path + "/")).count();
    }
  }

  /** A test JVM that leaves a process, files and, as root, a mount. */
  static final class Maker {
    public static void main(String[] arguments) throws Exception {
      RunDirectory directory = RunDirectory.open();
      Path mountPoint = directory.newDirectory("mount");
      Process started = directory.mark(new ProcessBuilder("sleep", "600")).start();
      Process mount =
          new ProcessBuilder("mount", "-t", "tmpfs", "none", mountPoint.toString()).start();
      boolean mounted = mount.waitFor() == 0;
      System.out.println(directory.path());
      System.out.println(started.pid());
      System.out.println(mounted);
      Thread.sleep(Duration.ofMinutes(5));
    }
  }

  /** A test JVM that goes on while it ends. */
  static final class Latecomer {
    public static void main(String[] arguments) throws Exception {
      RunDirectory directory = RunDirectory.open();
      directory.close();
      Process started = directory.mark(new ProcessBuilder("sleep", "600")).start();
      System.out.println(started.pid());
    }
  }

  /** A test JVM that leaves a volume mounted and in use. */
  static final class Mounter {
    public static void main(String[] arguments) throws Exception {
      TestMount mount = TestMount.embedded(Cairn.embedded());
      OutputStream open = Files.newOutputStream(mount.directory().resolve("file"));
      System.out.println(RunDirectory.current().path());
      System.out.println(mount.pid());
      System.out.println(true);
      while (true) {
        open.write(1);
      }
    }
  }

  /** A test JVM that leaves hosts of a network; what is left of a host is a process. */
  static final class Networker {
    public static void main(String[] arguments) throws Exception {
      TestNetwork.Host host = TestNetwork.open(2).hosts().getLast();
      System.out.println(RunDirectory.current().path());
      System.out.println(host.holder().pid());
      System.out.println(false);
      Thread.sleep(Duration.ofMinutes(5));
    }
  }
}
