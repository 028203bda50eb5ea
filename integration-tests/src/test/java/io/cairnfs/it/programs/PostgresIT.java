package io.cairnfs.it.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairnfs.it.PosixMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * PostgreSQL: initdb and pgbench; its processes, and then the mount, are killed in the middle; it
 * recovers, its books balance, and its pages have the right checksums.
 */
@Tag("extended")
@Timeout(600)
final class PostgresIT {

  private static final Path VERSIONS = Path.of("/usr/lib/postgresql");
  private static final String USER = "postgres"; // it refuses to run as root
  private static final int START_TRIES = 30;

  private Path programs = VERSIONS;

  private Path newestVersion() throws IOException {
    assumeTrue(Files.isDirectory(VERSIONS), "PostgreSQL is not installed");
    assumeTrue(System.getProperty("user.name", "").equals("root"), "it needs root to be " + USER);
    try (Stream<Path> versions = Files.list(VERSIONS)) {
      return versions.sorted().toList().getLast().resolve("bin");
    }
  }

  private String[] words(String program, String... arguments) {
    List<String> words = new ArrayList<>();
    words.addAll(List.of("setpriv", "--reuid", USER, "--regid", USER, "--clear-groups", "--"));
    words.add(programs.resolve(program).toString());
    words.addAll(List.of(arguments));
    return words.toArray(String[]::new);
  }

  @Test
  void aCrashLosesNothing() throws Exception {
    programs = newestVersion();
    Workplace.need("setpriv");
    try (PosixMount mount = new PosixMount()) {
      Workplace place = new Workplace(mount.directory()).in("pg");
      place.run("chown", USER, ".");
      place.run(words("initdb", "-D", "data", "-k", "-A", "trust", "-U", USER, "-N"));
      start(place);
      place.run(words("pgbench", "-h", place.path().toString(), "-i", "-q", "-s", "1", USER));
      bench(place, this::killServer);
      start(place);
      checkBooks(place);
      bench(
          place,
          () -> {
            mount.kill();
            killServer();
          });
      mount.remount();
      start(place);
      checkBooks(place);
      place.run(words("pg_ctl", "-D", "data", "-m", "fast", "-w", "stop"));
      assertTrue(
          place.run(words("pg_checksums", "-D", "data", "--check")).contains("Bad checksums:  0"));
    }
  }

  private void start(Workplace place) throws Exception {
    String options =
        "-c listen_addresses= -c shared_buffers=16MB -c unix_socket_directories=" + place.path();
    for (int tries = 1; true; tries++) {
      Process starting =
          place.start(
              words(
                  "pg_ctl",
                  "-D",
                  "data",
                  "-w",
                  "-l",
                  place.resolve("log").toString(),
                  "-o",
                  options,
                  "start"));
      starting.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
      if (starting.waitFor() == 0) {
        return;
      }
      // what is left of the killed server still holds its shared memory
      assertTrue(tries < START_TRIES, Files.readString(place.resolve("log")));
      Thread.sleep(500);
    }
  }

  private interface Crash {
    void now() throws Exception;
  }

  /** Crashes while transactions are under way. */
  private void bench(Workplace place, Crash crash) throws Exception {
    String host = place.path().toString();
    place.run(words("pgbench", "-h", host, "-n", "-c", "2", "-t", "100", USER));
    pid = serverPid(place);
    Process running = place.start(words("pgbench", "-h", host, "-n", "-c", "2", "-T", "60", USER));
    Thread.sleep(3000);
    crash.now();
    running.destroyForcibly().waitFor();
  }

  private long pid;

  private static long serverPid(Workplace place) throws IOException {
    return Long.parseLong(Files.readAllLines(place.resolve("data/postmaster.pid")).getFirst());
  }

  private void killServer() {
    ProcessHandle server = ProcessHandle.of(pid).orElseThrow();
    List<ProcessHandle> all = Stream.concat(Stream.of(server), server.descendants()).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(handle -> handle.onExit().join());
  }

  private void checkBooks(Workplace place) throws Exception {
    String sums =
        place
            .run(
                words(
                    "psql",
                    "-h",
                    place.path().toString(),
                    "-U",
                    USER,
                    "-Atc",
                    "SELECT (SELECT sum(abalance) FROM pgbench_accounts),"
                        + " (SELECT sum(tbalance) FROM pgbench_tellers),"
                        + " (SELECT sum(bbalance) FROM pgbench_branches),"
                        + " (SELECT sum(delta) FROM pgbench_history)"))
            .strip();
    String first = sums.substring(0, sums.indexOf('|'));
    assertEquals(String.join("|", first, first, first, first), sums);
  }
}
