package io.cairnfs.bench;

import io.cairnfs.bench.load.BigFile;
import io.cairnfs.bench.load.Command;
import io.cairnfs.bench.load.Payload;
import io.cairnfs.bench.load.SmallFiles;
import io.cairnfs.bench.load.Tally;
import io.cairnfs.bench.load.TreeCommands;
import io.cairnfs.bench.system.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/**
 * The rows, measured once on one target that is up. Cold means: synced, mounted anew, the kernel's
 * caches dropped.
 */
final class Suite {

  private static final double GIBIBYTE = 1 << 30;
  private static final double MEBIBYTE = 1 << 20;

  /** CPU of small operations is given for as many. */
  private static final double CPU_OPERATIONS = 1000;

  private static final double P99 = 0.99;

  private final Settings settings;
  private final Payload payload;
  private final Path archive;
  private final Caches caches;
  private final Target target;
  private final Phases phases;
  private final Sink sink;
  private final Meter meter;

  /** Takes the values. */
  @FunctionalInterface
  interface Sink {
    void record(Row row, double value);
  }

  /** A step without a result. */
  @FunctionalInterface
  private interface Step {
    void run() throws Exception;
  }

  /**
   * @param archive of the source tree
   */
  Suite(
      Settings settings,
      Payload payload,
      Path archive,
      Caches caches,
      Target target,
      Phases phases,
      Sink sink) {
    this.settings = settings;
    this.payload = payload;
    this.archive = archive;
    this.caches = caches;
    this.target = target;
    this.phases = phases;
    this.sink = sink;
    this.meter = new Meter(target);
  }

  /**
   * Measures the rows of a group in a new directory, which is removed.
   *
   * @throws IOException if a phase failed; the target may do others
   * @throws Phases.OverdueException if the target does not answer any more
   */
  void run(Row.Group group) throws IOException, InterruptedException, Phases.OverdueException {
    Path directory = target.mountpoint().resolve("bench-" + group.name());
    phase("making a directory", () -> Files.createDirectory(directory));
    try {
      switch (group) {
        case SEQ -> bigFile(directory);
        case SMALL -> smallFiles(directory);
        case TREE -> tree(directory);
        case FSYNC -> durableFiles(directory);
        case ALWAYS -> throw new IllegalArgumentException("no group to run");
      }
    } catch (IOException e) {
      try {
        remove(directory);
      } catch (IOException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
    remove(directory);
  }

  /** How many processors others used while this measured. */
  double othersCores() {
    return meter.othersCores();
  }

  private void bigFile(Path directory)
      throws IOException, InterruptedException, Phases.OverdueException {
    BigFile file = new BigFile(directory.resolve("big"), settings.cap());
    phase(
        "sequential write",
        () -> {
          long disk = syncedDiskBytes();
          long bytes = (long) (settings.sizeMebibytes() * MEBIBYTE);
          Meter.Span<Tally> span = meter.measure(() -> file.write(bytes, payload));
          Tally written = span.result();
          sink.record(Row.SEQUENTIAL_WRITE, written.mebibytesPerSecond());
          recordCpu(Row.SEQUENTIAL_WRITE_CPU, span, GIBIBYTE);
          recordDisk(Row.SEQUENTIAL_DISK, disk, written.units());
        });
    phase(
        "sequential read",
        () -> {
          chill();
          Meter.Span<Tally> span = meter.measure(file::read);
          sink.record(Row.SEQUENTIAL_READ_COLD, span.result().mebibytesPerSecond());
          recordCpu(Row.SEQUENTIAL_READ_CPU, span, GIBIBYTE);
          Tally warm = measure(file::read);
          sink.record(Row.SEQUENTIAL_READ_WARM, warm.mebibytesPerSecond());
        });
    int count = settings.randomOperations();
    phase(
        "random read",
        () -> {
          chill();
          Tally read = measure(() -> file.readAtRandom(count, settings.seed()));
          sink.record(Row.RANDOM_READ, read.perSecond());
        });
    phase(
        "random write",
        () -> {
          caches.sync();
          Tally written = measure(() -> file.writeAtRandom(count, settings.seed(), payload));
          sink.record(Row.RANDOM_WRITE, written.perSecond());
        });
  }

  private void smallFiles(Path directory)
      throws IOException, InterruptedException, Phases.OverdueException {
    Path base = directory.resolve("s");
    SmallFiles small = new SmallFiles(base, Settings.directories(settings.files()), settings.cap());
    int count =
        phases.run(
            "create",
            () -> {
              long disk = syncedDiskBytes();
              Meter.Span<Tally> span = meter.measure(() -> small.create(settings.files(), payload));
              Tally made = span.result();
              sink.record(Row.CREATE, made.perSecond());
              recordCpu(Row.CREATE_CPU, span, CPU_OPERATIONS);
              recordDisk(Row.CREATE_DISK, disk, made.units() * Payload.PAGE);
              return Math.toIntExact(made.units());
            });
    coldAndWarm("stat", () -> small.stat(count), Row.STAT_COLD, Row.STAT_WARM);
    coldAndWarm("read", () -> small.read(count), Row.READ_COLD, Row.READ_WARM);
    phase(
        "ls -lR",
        () -> {
          chill();
          double seconds =
              measure(() -> Command.seconds(settings.commandCap(), "ls", "-lR", base.toString()));
          int entries = count + Settings.directories(settings.files());
          sink.record(Row.LIST_COLD, entries / seconds);
        });
    phase(
        "rename and unlink",
        () -> {
          caches.sync();
          Tally renamed = measure(() -> small.rename(count));
          sink.record(Row.RENAME, renamed.perSecond());
          caches.sync();
          Tally removed = measure(() -> small.unlink(Math.toIntExact(renamed.units())));
          sink.record(Row.UNLINK, removed.perSecond());
        });
  }

  private void coldAndWarm(String name, Callable<Tally> loop, Row cold, Row warm)
      throws IOException, InterruptedException, Phases.OverdueException {
    phase(
        name,
        () -> {
          chill();
          sink.record(cold, measure(loop).perSecond());
          sink.record(warm, measure(loop).perSecond());
        });
  }

  private void tree(Path directory)
      throws IOException, InterruptedException, Phases.OverdueException {
    TreeCommands tree = new TreeCommands(directory, settings.commandCap());
    phase(
        "untar",
        () -> {
          Command.seconds(
              settings.commandCap(), "cat", archive.toString()); // it shall be in memory
          caches.sync();
          sink.record(Row.UNTAR, measure(() -> tree.unpack(archive)));
        });
    phase(
        "git status, first",
        tree::gitStatus); // reads every file, since its index is of another tree
    phase(
        "git status",
        () -> {
          chill();
          sink.record(Row.GIT_STATUS_COLD, measure(tree::gitStatus));
          sink.record(Row.GIT_STATUS_WARM, measure(tree::gitStatus));
        });
    phase(
        "grep -r",
        () -> {
          chill();
          sink.record(Row.GREP_COLD, measure(tree::grep));
          sink.record(Row.GREP_WARM, measure(tree::grep));
        });
    phase(
        "cp -r and rm -rf",
        () -> {
          caches.sync();
          sink.record(Row.COPY, measure(tree::copy));
          caches.sync();
          sink.record(Row.REMOVE, measure(tree::removeCopy));
        });
  }

  private void durableFiles(Path directory)
      throws IOException, InterruptedException, Phases.OverdueException {
    SmallFiles files = new SmallFiles(directory.resolve("s"), 1, settings.cap());
    phase(
        "fsync",
        () -> {
          caches.sync();
          double[] millis = measure(() -> files.createDurably(settings.durableFiles(), payload));
          sink.record(Row.FSYNC_MEDIAN, millis[millis.length / 2]);
          sink.record(Row.FSYNC_P99, millis[(int) (millis.length * P99)]);
        });
  }

  private void remove(Path directory)
      throws IOException, InterruptedException, Phases.OverdueException {
    phase(
        "removing",
        () -> Command.seconds(settings.commandCap(), "rm", "-rf", directory.toString()));
  }

  private void chill() throws IOException, InterruptedException {
    caches.sync();
    target.remount();
    caches.drop();
  }

  private <T> T measure(Callable<T> work) throws Exception {
    return meter.measure(work).result();
  }

  private void recordCpu(Row row, Meter.Span<Tally> span, double unitsPerValue) {
    span.cpuSeconds()
        .ifPresent(seconds -> sink.record(row, seconds / span.result().units() * unitsPerValue));
  }

  private long syncedDiskBytes() throws IOException, InterruptedException {
    caches.sync();
    return target.diskBytes();
  }

  private void recordDisk(Row row, long before, long written)
      throws IOException, InterruptedException {
    long taken = syncedDiskBytes() - before;
    if (taken > 0) {
      sink.record(row, (double) taken / written);
    }
  }

  private void phase(String name, Step step)
      throws IOException, InterruptedException, Phases.OverdueException {
    phases.run(
        name,
        () -> {
          step.run();
          return true;
        });
  }
}
