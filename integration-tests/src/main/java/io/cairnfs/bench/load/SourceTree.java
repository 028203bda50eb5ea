package io.cairnfs.bench.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * A tree like that of a program's sources, made from a seed: text that compresses about as source
 * code does, sizes from a few bytes to hundreds of KiB, and a packed git repository with one commit
 * of a fixed date.
 */
public final class SourceTree {

  /** The one directory in the archive. */
  public static final String NAME = "sources";

  private static final int FILES_PER_DIRECTORY = 20;
  private static final int WORDS = 4000;

  /** Sizes are log-normal; together they give a mean of about 11 KiB. */
  private static final double MEDIAN_BYTES = 5600;

  private static final double SIZE_SIGMA = 1.16;
  private static final int MAX_BYTES = 512 << 10;

  private static final String DATE = "2026-01-01T00:00:00Z";
  private static final Duration COMMAND_CAP = Duration.ofMinutes(5);

  private final Random random;
  private final List<String> words = new ArrayList<>();

  private SourceTree(long seed) {
    random = new Random(seed);
    for (int i = 0; i < WORDS; i++) {
      words.add(word());
    }
  }

  /**
   * Makes the tree and packs it.
   *
   * @param files in the tree, without those of git
   * @param scratch an empty directory, which holds only the archive afterwards
   * @return the archive
   */
  public static Path archive(long seed, int files, Path scratch)
      throws IOException, InterruptedException {
    Path tree = Files.createDirectory(scratch.resolve(NAME));
    new SourceTree(seed).write(tree, files);
    git(tree, "init", "-q", "-b", "main");
    git(tree, "add", "-A");
    git(tree, "commit", "-q", "-m", "A tree from seed " + seed);
    git(tree, "repack", "-a", "-d", "-q");
    git(tree, "prune-packed", "-q");
    Path archive = scratch.resolve(NAME + ".tar");
    Command.seconds(
        COMMAND_CAP,
        "tar",
        "-C",
        scratch.toString(),
        "--sort=name",
        "--mtime=" + DATE,
        "--owner=0",
        "--group=0",
        "--numeric-owner",
        "-cf",
        archive.toString(),
        NAME);
    Command.seconds(COMMAND_CAP, "rm", "-rf", tree.toString());
    return archive;
  }

  private static void git(Path tree, String... arguments) throws IOException, InterruptedException {
    Command.seconds(gitCommand(tree, arguments), COMMAND_CAP, Set.of(0));
  }

  /** A git command that no configuration of the user or the machine changes. */
  static ProcessBuilder gitCommand(Path tree, String... arguments) {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(
            "git", "-c", "safe.directory=*", "-c", "core.preloadIndex=false", "-c", "gc.auto=0"));
    command.addAll(List.of("-c", "pack.threads=1", "-C", tree.toString()));
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    for (String who : List.of("AUTHOR", "COMMITTER")) {
      builder.environment().put("GIT_" + who + "_NAME", "bench");
      builder.environment().put("GIT_" + who + "_EMAIL", "bench@example.org");
      builder.environment().put("GIT_" + who + "_DATE", DATE);
    }
    builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
    builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
    return builder;
  }

  private void write(Path tree, int files) throws IOException {
    List<Path> directories = new ArrayList<>(List.of(tree));
    for (int i = 0; i < files; i++) {
      if (i % FILES_PER_DIRECTORY == 0) {
        Path parent = directories.get(random.nextInt(directories.size()));
        directories.add(Files.createDirectory(parent.resolve(words.get(i % WORDS) + i)));
      }
      Path directory = directories.get(random.nextInt(directories.size()));
      Files.writeString(directory.resolve("f" + i + ".java"), text(), StandardCharsets.US_ASCII);
    }
  }

  private String text() {
    int size =
        (int) Math.min(MAX_BYTES, MEDIAN_BYTES * Math.exp(SIZE_SIGMA * random.nextGaussian()));
    StringBuilder text = new StringBuilder(size + WORDS);
    while (text.length() < size) {
      text.append("  ".repeat(random.nextInt(5)));
      for (int i = 2 + random.nextInt(8); i > 0; i--) {
        // Squared, because few words make up most of a text.
        double uniform = random.nextDouble();
        text.append(words.get((int) (uniform * uniform * uniform * WORDS))).append(' ');
      }
      text.append(";\n");
    }
    text.setLength(size);
    return text.toString();
  }

  private String word() {
    StringBuilder word = new StringBuilder();
    for (int i = 2 + random.nextInt(9); i > 0; i--) {
      word.append((char) ('a' + random.nextInt(26)));
    }
    return word.toString();
  }
}
