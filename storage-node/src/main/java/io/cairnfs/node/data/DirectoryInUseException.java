package io.cairnfs.node.data;

import java.io.IOException;
import java.nio.file.Path;

/** Another process has the data directory. */
public final class DirectoryInUseException extends IOException {

  private final String holder;

  DirectoryInUseException(Path path, String holder) {
    super(path + " is in use by process " + holder + "; stop it first");
    this.holder = holder;
  }

  /** The process id of who has it; empty if it has just got it. */
  public String holder() {
    return holder;
  }
}
