package io.cairnfs.bench.system;

import java.io.IOException;
import java.util.Optional;

/** bindfs, which passes every call through FUSE to a directory of the same disk. */
public final class Bindfs extends Mounted {

  /** Its name among the targets. */
  public static final String NAME = "bindfs";

  public Bindfs(Workspace workspace) {
    super(workspace, NAME);
  }

  @Override
  public Optional<String> obstacle() {
    return missingProgram("bindfs").map(why -> why + ": apt-get install bindfs");
  }

  @Override
  void mount() throws IOException, InterruptedException {
    run("bindfs", "--multithreaded", data().toString(), mountpoint().toString());
  }

  @Override
  void unmount() throws IOException, InterruptedException {
    run("fusermount3", "-u", mountpoint().toString());
    if (!processesEnd()) {
      throw new IOException("bindfs does not end after its mount");
    }
  }
}
