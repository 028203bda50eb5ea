package io.cairnfs.bench.system;

import java.nio.file.Path;

/** A directory of the disk's own file system: what all others stand on. */
public final class PlainDirectory extends Mounted {

  /**
   * @param name of the disk's file system
   */
  public PlainDirectory(Workspace workspace, String name) {
    super(workspace, name);
  }

  @Override
  public Path mountpoint() {
    return data();
  }

  @Override
  void mount() {}

  @Override
  void unmount() {}
}
