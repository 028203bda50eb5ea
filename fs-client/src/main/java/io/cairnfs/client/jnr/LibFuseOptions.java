package io.cairnfs.client.jnr;

import io.cairnfs.client.fuse.linux.LibC;
import io.cairnfs.client.fuse.mounting.KernelFlag;
import io.cairnfs.client.fuse.mounting.MountOptions;
import java.util.ArrayList;
import java.util.List;

/** Mount options in the words of libfuse 2. */
final class LibFuseOptions {

  /** The largest request that libfuse 2 can take. */
  private static final int MAX_REQUEST_BYTES = 128 << 10;

  private LibFuseOptions() {}

  /** What follows {@code -o}. */
  static String text(MountOptions options) {
    List<String> words = new ArrayList<>();
    words.add("fsname=" + options.source().replace("\\", "\\\\").replace(",", "\\,"));
    words.add("subtype=" + MountOptions.TYPE.substring(MountOptions.TYPE.indexOf('.') + 1));
    words.add("nonempty");
    words.add("big_writes");
    words.add("max_write=" + MAX_REQUEST_BYTES);
    words.add("max_read=" + MAX_REQUEST_BYTES);
    words.add("use_ino");
    // the names of one inode are inodes of their own to libfuse: cached, they would tell apart
    words.add("attr_timeout=0");
    words.add("entry_timeout=0"); // others may share the volume at any time
    for (KernelFlag flag : KernelFlag.values()) {
      if (options.has(flag) && flag.isKnownToLibFuse()) {
        words.add(flag.option());
      }
    }
    if (LibC.effectiveUser() == 0) { // libfuse takes them away unless asked for
      for (KernelFlag flag : List.of(KernelFlag.NO_SET_USER_ID, KernelFlag.NO_DEVICES)) {
        if (!options.has(flag)) {
          words.add(flag.opposite());
        }
      }
    }
    if (options.allowOther()) {
      words.add("allow_other");
    }
    if (options.defaultPermissions()) {
      words.add("default_permissions");
    }
    return String.join(",", words);
  }
}
