package io.cairnfs.bench.system;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A mount by the cairn command, with every file of its own in the target's directory. */
abstract class CairnMount extends Mounted {

  private final Path command;

  /**
   * @param command {@code bin/cairn}
   */
  CairnMount(Workspace workspace, String name, Path command) {
    super(workspace, name);
    this.command = command;
  }

  /** What follows {@code cairn mount}, without the directory. */
  abstract List<String> mountArguments() throws IOException;

  @Override
  void mount() throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("mount"));
    words.addAll(mountArguments());
    words.add(mountpoint().toString());
    cairn(words.toArray(new String[0]));
  }

  @Override
  void unmount() throws IOException, InterruptedException {
    cairn("umount", mountpoint().toString());
  }

  /** Runs a command to its end. */
  final void cairn(String... arguments) throws IOException, InterruptedException {
    run(words(arguments));
  }

  final String[] words(String... arguments) {
    List<String> words = new ArrayList<>(List.of(command.toString()));
    words.addAll(List.of(arguments));
    return words.toArray(new String[0]);
  }

  @Override
  final ProcessBuilder configure(ProcessBuilder builder) {
    builder.environment().put("XDG_DATA_HOME", data().resolve("share").toString());
    builder.environment().put("XDG_STATE_HOME", directory().resolve("state").toString());
    builder.environment().put("XDG_CONFIG_HOME", directory().resolve("config").toString());
    builder.environment().remove("CAIRN_NODE");
    builder.environment().remove("CAIRN_TOKEN_FILE");
    return builder;
  }
}
