package io.cairnfs.client.fuse.mounting;

/** Options that the kernel knows for every file system: MS_* of mount(2). */
public enum KernelFlag {
  READ_ONLY("ro", "rw", 1),
  NO_SET_USER_ID("nosuid", "suid", 2),
  NO_DEVICES("nodev", "dev", 4),
  NO_EXECUTE("noexec", "exec", 8),
  SYNCHRONOUS("sync", "async", 16),
  DIRECTORIES_SYNCHRONOUS("dirsync", "nodirsync", 128),
  NO_ACCESS_TIME("noatime", "atime", 1024),
  NO_DIRECTORY_ACCESS_TIME("nodiratime", "diratime", 2048),
  STRICT_ACCESS_TIME("strictatime", "nostrictatime", 1 << 24);

  private final String option;
  private final String opposite;
  private final long bit;

  KernelFlag(String option, String opposite, long bit) {
    this.option = option;
    this.opposite = opposite;
    this.bit = bit;
  }

  /** Its name in {@code -o}. */
  public String option() {
    return option;
  }

  /** What turns it off in {@code -o}. */
  public String opposite() {
    return opposite;
  }

  /**
   * Whether libfuse and its helpers have a word for it. The others show in the table of mounts at
   * most: the file system itself carries them out.
   */
  public boolean isKnownToLibFuse() {
    return this != NO_DIRECTORY_ACCESS_TIME && this != STRICT_ACCESS_TIME;
  }

  long bit() {
    return bit;
  }
}
