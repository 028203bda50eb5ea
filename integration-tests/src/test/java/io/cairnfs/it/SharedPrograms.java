package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** SQLite and git, each in one directory, from several mounts at once. */
final class SharedPrograms {

  private static final Map<String, String> GIT =
      Map.of(
          "GIT_CONFIG_GLOBAL", "/dev/null",
          "GIT_CONFIG_SYSTEM", "/dev/null",
          "GIT_AUTHOR_NAME", "author",
          "GIT_AUTHOR_EMAIL", "author@example.org",
          "GIT_COMMITTER_NAME", "author",
          "GIT_COMMITTER_EMAIL", "author@example.org");

  private SharedPrograms() {}

  /** SQLite with a rollback journal: each program counts in transactions; no count is lost. */
  static void countInSqlite(List<Path> mounts, int transactions) throws Exception {
    Path first = mounts.getFirst().resolve("counters.db");
    sqlite(first, "CREATE TABLE counter(n INT); INSERT INTO counter VALUES(0);");
    sqlite(first, "CREATE TABLE log(who INT, i INT, filler BLOB);");
    SharedWork.inParallel(
        mounts,
        (number, directory) -> {
          StringBuilder script = new StringBuilder();
          for (int i = 0; i < transactions; i++) {
            script.append("BEGIN IMMEDIATE; UPDATE counter SET n = n + 1;");
            script.append(" INSERT INTO log VALUES(%d, %d,".formatted(number, i));
            script.append(" randomblob(2000)); COMMIT;\n");
          }
          sqlite(directory.resolve("counters.db"), script.toString());
        });
    for (Path mount : mounts) {
      Path database = mount.resolve("counters.db");
      String all = Integer.toString(mounts.size() * transactions);
      assertEquals("ok", sqlite(database, "PRAGMA integrity_check;"));
      assertEquals(all, sqlite(database, "SELECT n FROM counter;"));
      assertEquals(all, sqlite(database, "SELECT count(*) FROM log;"));
    }
  }

  private static String sqlite(Path database, String script)
      throws IOException, InterruptedException {
    return run(
        database.resolveSibling(""),
        Map.of(),
        ".bail on\n.timeout 120000\n" + script + "\n",
        "sqlite3",
        "-batch",
        database.toString());
  }

  /** Clones that push to one repository, and pull when another was first; no commit is lost. */
  static void pushWithGit(List<Path> mounts, int commits) throws Exception {
    Path repository = mounts.getFirst().resolve("repository.git");
    git(mounts.getFirst(), "init", "-q", "--bare", "-b", "main", repository.toString());
    Path seed = mounts.getFirst().resolve("seed");
    git(mounts.getFirst(), "clone", "-q", repository.toString(), seed.toString());
    git(seed, "commit", "-q", "--allow-empty", "-m", "first");
    git(seed, "push", "-q", "origin", "HEAD:main");
    SharedWork.inParallel(
        mounts,
        (number, directory) -> {
          Path clone = directory.resolve("clone" + number);
          git(directory, "clone", "-q", directory.resolve("repository.git").toString(), clone + "");
          for (int i = 0; i < commits; i++) {
            Files.writeString(clone.resolve("file-" + number + "-" + i), "content " + i);
            git(clone, "add", ".");
            git(clone, "commit", "-q", "-m", "commit " + number + " " + i);
            push(clone);
          }
        });
    for (Path mount : mounts) {
      Path bare = mount.resolve("repository.git");
      assertEquals("", git(bare, "fsck", "--full", "--strict", "--no-dangling"));
      int all = 1 + mounts.size() * commits;
      assertEquals(Integer.toString(all), git(bare, "rev-list", "--count", "main"));
      assertEquals(
          all - 1, git(bare, "ls-tree", "-r", "--name-only", "main").lines().count(), "files");
    }
  }

  private static void push(Path clone) throws IOException, InterruptedException {
    while (true) {
      Process push = start(clone, GIT, "git", "push", "-q", "origin", "HEAD:main");
      push.getOutputStream().close();
      String said = new String(push.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (push.waitFor() == 0) {
        return;
      }
      // "fetch first", "non-fast-forward", or the other one holds the ref's lock.
      if (!said.contains("rejected") && !said.contains("failed to update ref")) {
        throw new AssertionError("git push: " + said);
      }
      git(clone, "pull", "-q", "--rebase", "origin", "main");
    }
  }

  private static String git(Path directory, String... words)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("git"));
    all.addAll(List.of(words));
    return run(directory, GIT, "", all.toArray(String[]::new));
  }

  /** Runs a command that must succeed; gives what it says, without the last newline. */
  private static String run(
      Path directory, Map<String, String> environment, String input, String... words)
      throws IOException, InterruptedException {
    Process process = start(directory, environment, words);
    process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), () -> String.join(" ", words) + ": " + said);
    return said.strip();
  }

  private static Process start(Path directory, Map<String, String> environment, String... words)
      throws IOException {
    File where = directory.toFile();
    ProcessBuilder builder = new ProcessBuilder(words).directory(where).redirectErrorStream(true);
    builder.environment().putAll(environment);
    return RunDirectory.current().mark(builder).start();
  }
}
