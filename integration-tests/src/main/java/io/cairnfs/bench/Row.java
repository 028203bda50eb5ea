package io.cairnfs.bench;

/** What is measured, in the order of the table. */
enum Row {
  SEQUENTIAL_WRITE(
      Group.SEQ,
      "sequential write",
      "MiB/s",
      Better.HIGHER,
      "one file by requests of 1 MiB, fsync and close included"),
  SEQUENTIAL_WRITE_CPU(
      Group.SEQ,
      "its CPU",
      "s/GiB",
      Better.LOWER,
      "of all processes of the file system, clients and servers, until close returns"),
  SEQUENTIAL_DISK(
      Group.SEQ,
      "its disk",
      "bytes/byte",
      Better.LOWER,
      "space taken, after sync, replicas included"),
  SEQUENTIAL_READ_COLD(
      Group.SEQ, "sequential read, cold", "MiB/s", Better.HIGHER, "by requests of 1 MiB"),
  SEQUENTIAL_READ_CPU(
      Group.SEQ, "its CPU", "s/GiB", Better.LOWER, "of all processes of the file system"),
  SEQUENTIAL_READ_WARM(
      Group.SEQ, "sequential read, warm", "MiB/s", Better.HIGHER, "at once a second time"),
  RANDOM_READ(
      Group.SEQ, "random 4 KiB read, cold", "/s", Better.HIGHER, "in the same file, one at a time"),
  RANDOM_WRITE(
      Group.SEQ,
      "random 4 KiB write",
      "/s",
      Better.HIGHER,
      "in the same file, one at a time, one fsync at the end included"),
  CREATE(
      Group.SMALL,
      "create 4 KiB files",
      "/s",
      Better.HIGHER,
      "open, write and close, no fsync; 100 files in a directory"),
  CREATE_CPU(Group.SMALL, "its CPU", "s/1000", Better.LOWER, "of all processes of the file system"),
  CREATE_DISK(
      Group.SMALL,
      "its disk",
      "bytes/byte",
      Better.LOWER,
      "space taken, after sync, replicas included"),
  STAT_COLD(Group.SMALL, "stat, cold", "/s", Better.HIGHER, "each of those files once"),
  STAT_WARM(Group.SMALL, "stat, warm", "/s", Better.HIGHER, "at once a second time"),
  READ_COLD(
      Group.SMALL, "read 4 KiB files, cold", "/s", Better.HIGHER, "open, read to the end, close"),
  READ_WARM(Group.SMALL, "read 4 KiB files, warm", "/s", Better.HIGHER, "at once a second time"),
  LIST_COLD(Group.SMALL, "ls -lR, cold", "entries/s", Better.HIGHER, "of those files"),
  RENAME(Group.SMALL, "rename", "/s", Better.HIGHER, "each of those files, in its directory"),
  UNLINK(Group.SMALL, "unlink", "/s", Better.HIGHER, "each of those files"),
  UNTAR(Group.TREE, "untar", "s", Better.LOWER, "a source tree with its git repository"),
  COPY(Group.TREE, "cp -r", "s", Better.LOWER, "of that tree, which was just read"),
  REMOVE(Group.TREE, "rm -rf", "s", Better.LOWER, "of the copy"),
  GIT_STATUS_COLD(
      Group.TREE,
      "git status, cold",
      "s",
      Better.LOWER,
      "of that tree, its index refreshed before"),
  GIT_STATUS_WARM(Group.TREE, "git status, warm", "s", Better.LOWER, "at once a second time"),
  GREP_COLD(Group.TREE, "grep -r, cold", "s", Better.LOWER, "through that tree, no match"),
  GREP_WARM(Group.TREE, "grep -r, warm", "s", Better.LOWER, "at once a second time"),
  FSYNC_MEDIAN(
      Group.FSYNC,
      "create, write 4 KiB, fsync, close: p50",
      "ms",
      Better.LOWER,
      "the median of one at a time"),
  FSYNC_P99(
      Group.FSYNC,
      "create, write 4 KiB, fsync, close: p99",
      "ms",
      Better.LOWER,
      "the 99th percentile of the same"),
  MEMORY_IDLE(
      Group.ALWAYS,
      "memory idle",
      "MiB",
      Better.LOWER,
      "proportional set size of all processes of the file system, before the first row"),
  MEMORY_END(Group.ALWAYS, "memory at the end", "MiB", Better.LOWER, "the same after the last row"),
  OTHER_CPU(
      Group.ALWAYS,
      "CPU used by others",
      "cores",
      Better.NEITHER,
      "by whatever else ran on the machine meanwhile, the kernel's threads included: the noise");

  /** Rows that are measured together. */
  enum Group {
    SEQ,
    SMALL,
    TREE,
    FSYNC,
    /** Measured whatever groups are chosen. */
    ALWAYS
  }

  /** Which way is better. */
  enum Better {
    HIGHER,
    LOWER,
    /** A remark on the other rows. */
    NEITHER
  }

  private final Group group;
  private final String label;
  private final String unit;
  private final Better better;
  private final String how;

  Row(Group group, String label, String unit, Better better, String how) {
    this.group = group;
    this.label = label;
    this.unit = unit;
    this.better = better;
    this.how = how;
  }

  Group group() {
    return group;
  }

  String label() {
    return label;
  }

  String unit() {
    return unit;
  }

  Better better() {
    return better;
  }

  String how() {
    return how;
  }
}
