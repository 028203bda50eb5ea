package io.cairnfs.client.fuse.mounting;

import io.cairnfs.client.fuse.linux.Errno;
import io.cairnfs.client.fuse.linux.Spawn;
import io.cairnfs.client.fuse.linux.SystemCallException;
import io.cairnfs.client.fuse.protocol.Request;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Mounting and unmounting as a user, through the set-user-id helper fusermount3(1) of the package
 * fuse3, which sends the descriptor of /dev/fuse back by a socket whose number it finds in its
 * environment.
 */
final class Fusermount {

  private static final String PROGRAM = "fusermount3";
  private static final String SOCKET_VARIABLE = "_FUSE_COMMFD";
  private static final int TIMEOUT_MILLIS = 20_000;

  private Fusermount() {}

  /** Mounts; returns the descriptor of /dev/fuse. */
  static int mount(Path directory, MountOptions options) throws MountException {
    List<String> command = List.of(PROGRAM, "-o", text(options), "--", directory.toString());
    try (Spawn helper = start(command)) {
      int device = helper.receiveDescriptor(TIMEOUT_MILLIS);
      if (device < 0) {
        int status = helper.waitFor();
        throw new MountException(
            "mounting on " + directory + " failed: " + reason(helper.errors(), status));
      }
      helper.waitFor();
      return device;
    }
  }

  private static String reason(String errors, int status) {
    String reason = errors.isEmpty() ? PROGRAM + " ended with status " + status : errors;
    if (errors.contains("user_allow_other")) {
      return reason + ": leave allow_other out, or put user_allow_other into /etc/fuse.conf";
    }
    if (errors.contains("/dev/fuse: Permission denied")) {
      return reason + ": run `chmod 666 /dev/fuse` as root";
    }
    if (errors.contains("device not found") || errors.contains("/dev/fuse")) {
      return reason + ": run `modprobe fuse` as root";
    }
    return reason;
  }

  static String text(MountOptions options) {
    List<String> words = new ArrayList<>();
    words.add("fsname=" + options.source().replace("\\", "\\\\").replace(",", "\\,"));
    words.add("subtype=" + MountOptions.TYPE.substring(MountOptions.TYPE.indexOf('.') + 1));
    words.add("max_read=" + Request.MAX_DATA_BYTES);
    for (KernelFlag flag : KernelFlag.values()) {
      if (options.has(flag) && flag.isKnownToLibFuse()) {
        words.add(flag.option());
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

  static void unmount(Path directory, boolean lazy) throws IOException {
    List<String> command = new ArrayList<>(List.of(PROGRAM, "-u"));
    if (lazy) {
      command.add("-z");
    }
    command.addAll(List.of("--", directory.toString()));
    try (Spawn helper = start(command)) {
      int status = helper.waitFor();
      if (status != 0) {
        String errors = helper.errors();
        throw errors.contains("busy")
            ? Unmounter.busy(directory)
            : new MountException("unmounting " + directory + " failed: " + reason(errors, status));
      }
    }
  }

  private static Spawn start(List<String> command) throws MountException {
    String path = System.getenv("PATH");
    try {
      return new Spawn(
          command,
          List.of(
              "PATH=" + (path == null ? "/usr/bin:/bin" : path),
              "LC_ALL=C",
              SOCKET_VARIABLE + "=" + Spawn.CHILD_SOCKET));
    } catch (SystemCallException e) {
      if (e.errno() == Errno.ENOENT) {
        throw new MountException(
            PROGRAM + " is missing: run `apt-get install fuse3`, or mount as root", e);
      }
      throw new MountException(PROGRAM + " cannot be started", e);
    }
  }
}
