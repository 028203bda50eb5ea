package io.cairnfs.client.cli;

import io.cairnfs.client.fuse.mounting.MountOptions;
import io.cairnfs.client.mount.Binding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be mounted, and where.
 *
 * @param access the cluster that it is in
 * @param volume its name or id; null for the default one
 * @param directory absolute, symlinks resolved but for a dead mount's
 * @param subdirectory of the volume, shown as the root; empty for all of it
 * @param snapshot shown instead of what the volume is; null for none
 * @param binding how the mount speaks to the kernel
 * @param optionWords the other mount options, separated by commas
 * @param options what they mean
 */
record MountRequest(
    ClusterAccess access,
    @Nullable String volume,
    Path directory,
    String subdirectory,
    @Nullable String snapshot,
    Binding binding,
    String optionWords,
    MountOptions options) {

  /** The arguments that mean the same to another process, wherever its working directory is. */
  List<String> words() {
    List<String> words = new ArrayList<>();
    if (!optionWords.isEmpty()) {
      words.add("-o");
      words.add(optionWords);
    }
    if (!subdirectory.isEmpty()) {
      words.add("-o");
      words.add("subdir=" + subdirectory);
    }
    if (snapshot != null) {
      words.add("-o");
      words.add("snapshot=" + snapshot);
    }
    if (binding != Binding.KERNEL) {
      words.add("-o");
      words.add("binding=" + binding.option());
    }
    for (String node : access.nodes()) {
      words.add("--node");
      words.add(node);
    }
    Path token = access.tokenFile();
    if (token != null) {
      words.add("--token-file");
      words.add(token.toAbsolutePath().toString());
    }
    words.add("--");
    if (volume != null) {
      words.add(volume);
    }
    words.add(directory.toString());
    return words;
  }
}
