package io.cairnfs.client.fuse.mounting;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * How to mount.
 *
 * @param source what {@code findmnt} and {@code df} show as the mount's source
 * @param kernelFlags options that the kernel itself carries out
 * @param allowOther whether other users may enter (a user needs {@code user_allow_other} in
 *     /etc/fuse.conf)
 * @param defaultPermissions whether the kernel checks permission bits, as the file system does not
 * @param localLocks whether the kernel keeps locks for this mount alone; else they exclude those of
 *     other mounts of the volume
 * @param timeout what a call may take before it fails
 * @param readerThreads threads that read /dev/fuse, 1 to {@value #MAX_READER_THREADS}; more than
 *     two cost speed on small machines
 * @param readAheadBytes how far the kernel reads ahead; 0 leaves it as it is
 * @param tidyBytesPerSecond what rewriting fragmented files and sparse blocks may read and write in
 *     the background, a small part of what disks and networks give; 0 turns it off
 * @param sweepInterval how often blocks that nothing needs any more are looked for while the volume
 *     changes; 0 turns it off
 * @param stripeBytesPerSecond what putting blocks into stripes may read and write in the
 *     background, on volumes with erasure coding; 0 turns it off
 * @param stripeAfter how long a file must not have changed before its blocks are put into stripes
 */
public record MountOptions(
    String source,
    Set<KernelFlag> kernelFlags,
    boolean allowOther,
    boolean defaultPermissions,
    boolean localLocks,
    Duration timeout,
    int readerThreads,
    int readAheadBytes,
    long tidyBytesPerSecond,
    Duration sweepInterval,
    long stripeBytesPerSecond,
    Duration stripeAfter) {

  public static final int MAX_READER_THREADS = 16;

  /** The file system type that the mount table shows. */
  public static final String TYPE = "fuse.cairn";

  /** Like libfuse: no set-user-id programs and devices, unless asked for. */
  public static final MountOptions DEFAULT =
      new MountOptions(
          "cairn",
          EnumSet.of(KernelFlag.NO_SET_USER_ID, KernelFlag.NO_DEVICES),
          false,
          true,
          false,
          Duration.ofSeconds(30),
          2,
          2 << 20,
          4 << 20,
          Duration.ofMinutes(5),
          16 << 20,
          Duration.ofDays(1));

  public MountOptions {
    kernelFlags = Set.copyOf(kernelFlags);
    if (source.isEmpty()) {
      throw new IllegalArgumentException("the source's name is empty");
    }
    if (source.indexOf('\0') >= 0 || source.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("the source's name holds a NUL or a line end");
    }
    if (timeout.compareTo(Duration.ofMillis(100)) < 0
        || timeout.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException("timeout must be between 100ms and a day");
    }
    if (readerThreads < 1 || readerThreads > MAX_READER_THREADS) {
      throw new IllegalArgumentException("readers must be between 1 and " + MAX_READER_THREADS);
    }
    if (tidyBytesPerSecond < 0) {
      throw new IllegalArgumentException("tidy must not be negative");
    }
    if (stripeBytesPerSecond < 0) {
      throw new IllegalArgumentException("stripe must not be negative");
    }
    if (readAheadBytes < 0) {
      throw new IllegalArgumentException("read_ahead must not be negative");
    }
  }

  public MountOptions withSource(String newSource) {
    return new MountOptions(
        newSource,
        kernelFlags,
        allowOther,
        defaultPermissions,
        localLocks,
        timeout,
        readerThreads,
        readAheadBytes,
        tidyBytesPerSecond,
        sweepInterval,
        stripeBytesPerSecond,
        stripeAfter);
  }

  public MountOptions withTimeout(Duration newTimeout) {
    return new MountOptions(
        source,
        kernelFlags,
        allowOther,
        defaultPermissions,
        localLocks,
        newTimeout,
        readerThreads,
        readAheadBytes,
        tidyBytesPerSecond,
        sweepInterval,
        stripeBytesPerSecond,
        stripeAfter);
  }

  public boolean has(KernelFlag flag) {
    return kernelFlags.contains(flag);
  }

  long kernelBits() {
    return kernelFlags.stream().mapToLong(KernelFlag::bit).reduce(0, (a, b) -> a | b);
  }

  /**
   * Reads the options after {@code -o}: those of mount(8) and libfuse ({@code ro}, {@code noatime},
   * {@code allow_other}, {@code fsname=} ...), and {@code timeout=30} (seconds, or with {@code ms},
   * {@code s}, {@code m}), {@code readers=}, {@code read_ahead=} (bytes, or with {@code k}, {@code
   * m}), {@code tidy=} (bytes per second likewise, or {@code off}), {@code sweep=} (as timeout, or
   * {@code off}), {@code stripe=} (as tidy), {@code stripe_after=} (as timeout, or with {@code h},
   * {@code d}), {@code no_default_permissions}, {@code local_locks}.
   *
   * @throws IllegalArgumentException naming the option that is unknown or wrong
   */
  public MountOptions with(String commaSeparated) {
    return new MountOptionsParser(this).parse(commaSeparated);
  }
}
