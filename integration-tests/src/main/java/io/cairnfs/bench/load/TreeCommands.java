package io.cairnfs.bench.load;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/** What people do to a tree of sources, by the usual programs; each returns its seconds. */
public final class TreeCommands {

  /** That grep finds nothing is its success here. */
  private static final Set<Integer> GREP_CODES = Set.of(1);

  private final Path directory;
  private final Path tree;
  private final Duration cap;

  /**
   * @param directory where the archive is unpacked
   * @param cap of each command
   */
  public TreeCommands(Path directory, Duration cap) {
    this.directory = directory;
    this.tree = directory.resolve(SourceTree.NAME);
    this.cap = cap;
  }

  /** {@code tar -x}. */
  public double unpack(Path archive) throws IOException, InterruptedException {
    return Command.seconds(cap, "tar", "-xf", archive.toString(), "-C", directory.toString());
  }

  /** {@code git status}. */
  public double gitStatus() throws IOException, InterruptedException {
    return Command.seconds(SourceTree.gitCommand(tree, "status", "-s"), cap, Set.of(0));
  }

  /** {@code grep -r} for what is nowhere. */
  public double grep() throws IOException, InterruptedException {
    // Digits do not occur in the texts.
    return Command.seconds(
        new ProcessBuilder("grep", "-rq", "0123456789zz", tree.toString()), cap, GREP_CODES);
  }

  /** {@code cp -r} to a second tree beside it. */
  public double copy() throws IOException, InterruptedException {
    return Command.seconds(cap, "cp", "-r", tree.toString(), directory.resolve("copy").toString());
  }

  /** {@code rm -rf} of the second tree. */
  public double removeCopy() throws IOException, InterruptedException {
    return Command.seconds(cap, "rm", "-rf", directory.resolve("copy").toString());
  }
}
