package io.cairnfs.client.fuse.mounting;

import io.cairnfs.client.fuse.linux.MountTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far the kernel reads ahead in a mount: INIT can only lower its default of 128 KiB, sysfs can
 * raise it. A user may not; then reads stay smaller and all else is the same.
 */
public final class ReadAhead {

  private static final Logger LOG = LoggerFactory.getLogger(ReadAhead.class);

  private ReadAhead() {}

  public static void set(Path directory, int bytes) {
    try {
      Optional<MountTable.Mount> mount = MountTable.at(directory);
      if (mount.isPresent() && bytes > 0) {
        Path setting = Path.of("/sys/class/bdi", mount.get().device(), "read_ahead_kb");
        Files.writeString(setting, Integer.toString(bytes >> 10));
      }
    } catch (IOException e) {
      LOG.debug("read-ahead stays at the kernel's default: {}", e.toString());
    }
  }
}
