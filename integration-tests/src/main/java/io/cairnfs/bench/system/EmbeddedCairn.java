package io.cairnfs.bench.system;

import java.nio.file.Path;
import java.util.List;

/** {@code cairn mount DIRECTORY} alone: client and node in one process, one replica. */
public final class EmbeddedCairn extends CairnMount {

  /** Its name among the targets. */
  public static final String NAME = "embedded";

  /**
   * @param command {@code bin/cairn}
   */
  public EmbeddedCairn(Workspace workspace, Path command) {
    super(workspace, NAME, command);
  }

  @Override
  List<String> mountArguments() {
    return List.of();
  }
}
