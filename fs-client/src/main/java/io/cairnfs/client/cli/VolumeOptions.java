package io.cairnfs.client.cli;

import io.cairnfs.client.mount.Binding;
import io.cairnfs.protocol.head.SnapshotName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The mount options that say what is mounted and by what, for fstab, which has no other words:
 * {@code node=}, {@code token_file=}, {@code subdir=}, {@code snapshot=}, {@code binding=}. They
 * may stand anywhere among the others of {@code -o}.
 *
 * @param nodes of the cluster, as {@code HOST:PORT}; may be named several times
 * @param tokenFile holds the cluster's join token; null if not named
 * @param subdirectory of the volume, shown as the root; empty for all of it
 * @param snapshot shown instead of what the volume is, read-only; null for none
 * @param binding how the mount speaks to the kernel
 * @param others options of the mount itself, separated by commas
 */
record VolumeOptions(
    List<String> nodes,
    @Nullable Path tokenFile,
    String subdirectory,
    @Nullable String snapshot,
    Binding binding,
    String others) {

  /**
   * Reads what followed each {@code -o}.
   *
   * @throws IllegalArgumentException naming an option that is wrong
   */
  static VolumeOptions parse(List<String> optionWords) {
    List<String> nodes = new ArrayList<>();
    List<String> others = new ArrayList<>();
    Path tokenFile = null;
    String subdirectory = "";
    String snapshot = null;
    Binding binding = Binding.KERNEL;
    for (String option : String.join(",", optionWords).split(",", -1)) {
      String value = option.substring(option.indexOf('=') + 1);
      if (option.startsWith("node=")) {
        nodes.add(value);
      } else if (option.startsWith("token_file=")) {
        tokenFile = Path.of(value);
      } else if (option.startsWith("subdir=")) {
        subdirectory = value;
      } else if (option.startsWith("snapshot=")) {
        SnapshotName.require(value);
        snapshot = value;
      } else if (option.startsWith("binding=")) {
        binding = Binding.of(value);
      } else if (!option.isEmpty()) {
        others.add(option);
      }
    }
    if (snapshot != null) {
      others.add("ro"); // last, so that it wins
    }
    return new VolumeOptions(
        nodes, tokenFile, subdirectory, snapshot, binding, String.join(",", others));
  }
}
