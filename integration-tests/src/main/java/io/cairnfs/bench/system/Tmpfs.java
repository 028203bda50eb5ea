package io.cairnfs.bench.system;

import java.io.IOException;
import java.util.Optional;

/** Memory: nearly all that is measured on it is the load generator, and so a limit to every row. */
public final class Tmpfs extends Mounted {

  /** Its name among the targets. */
  public static final String NAME = "tmpfs";

  private static final String ROOT = "root";

  public Tmpfs(Workspace workspace) {
    super(workspace, NAME);
  }

  @Override
  public Optional<String> obstacle() {
    return System.getProperty("user.name").equals(ROOT)
        ? Optional.empty()
        : Optional.of("only root can mount a tmpfs");
  }

  /** It cannot be remounted without losing its content, and has no caches. */
  @Override
  public void remount() {}

  @Override
  void mount() throws IOException, InterruptedException {
    run("mount", "-t", "tmpfs", "cairn-bench", mountpoint().toString());
  }

  @Override
  void unmount() throws IOException, InterruptedException {
    unmountLazily();
  }
}
