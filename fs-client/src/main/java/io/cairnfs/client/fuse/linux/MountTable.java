package io.cairnfs.client.fuse.linux;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is mounted, as /proc/self/mountinfo tells it (proc_pid_mountinfo(5)); it never asks the file
 * systems themselves.
 */
public final class MountTable {

  private static final Path MOUNTINFO = Path.of("/proc/self/mountinfo");
  private static final int FIELD_DEVICE = 2;
  private static final int FIELD_MOUNT_POINT = 4;

  private MountTable() {}

  /**
   * A mount.
   *
   * @param device "MAJOR:MINOR" of its file system
   * @param mountPoint where it is
   * @param type of the file system, with the subtype
   * @param source what was mounted
   */
  public record Mount(String device, String mountPoint, String type, String source) {

    /** The minor device number, which names a FUSE connection. */
    public String minor() {
      return device.substring(device.indexOf(':') + 1);
    }
  }

  /** The topmost mount at exactly this place. */
  public static Optional<Mount> at(Path absolute) throws IOException {
    return parse(Files.readString(MOUNTINFO, StandardCharsets.ISO_8859_1)).stream()
        .filter(m -> m.mountPoint().equals(absolute.toString()))
        .reduce((lower, upper) -> upper);
  }

  static List<Mount> parse(String mountinfo) {
    List<Mount> mounts = new ArrayList<>();
    for (String line : mountinfo.split("\n", -1)) {
      int separator = line.indexOf(" - ");
      if (separator < 0) {
        continue;
      }
      String[] before = line.substring(0, separator).split(" ", -1);
      String[] after = line.substring(separator + 3).split(" ", -1);
      if (before.length > FIELD_MOUNT_POINT && after.length >= 2) {
        mounts.add(
            new Mount(
                before[FIELD_DEVICE],
                unescape(before[FIELD_MOUNT_POINT]),
                after[0],
                unescape(after[1])));
      }
    }
    return mounts;
  }

  /**
   * The kernel writes space, tab, newline and backslash as three octal digits; other bytes are the
   * name's own.
   */
  private static String unescape(String field) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(field.length());
    for (int i = 0; i < field.length(); i++) {
      if (field.charAt(i) == '\\' && i + 3 < field.length()) {
        bytes.write(Integer.parseInt(field, i + 1, i + 4, 8));
        i += 3;
      } else {
        bytes.write(field.charAt(i));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
