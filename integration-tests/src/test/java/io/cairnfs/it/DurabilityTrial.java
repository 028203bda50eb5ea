package io.cairnfs.it;

import io.cairnfs.client.fuse.FuseMount;
import io.cairnfs.client.fuse.mounting.MountOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lets a {@link DurabilityNode} store on a {@link LossyDisk}, cuts its power at a random moment,
 * and starts it again to hear what it lost; over and over. It stops at the first loss.
 */
final class DurabilityTrial {

  private static final int HEAP_MEBIBYTES = 96;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** A line may be cut off with the process. */
  private static final Pattern ACKNOWLEDGEMENT =
      Pattern.compile("(large|small) [0-9a-f]{64}|commit [0-9]+:[0-9]+");

  private static final int FEWEST = 30;
  private static final int MOST = 300;

  /** Of each kind, so that each sync that the store relies on was relied on. */
  private static final int FEWEST_OF_A_KIND = 3;

  /** Of which a message tells. */
  private static final int MOST_PROBLEMS = 20;

  private static final int LONGEST_DELAY_MICROS = 20_000;

  private final LossyDisk disk;
  private final DurabilityNode.Work work;
  private final Random random;
  private final boolean torn;
  private final Path mountPoint;
  private final Path acknowledgements;
  private final Path log;
  private final List<String> acknowledged = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  /**
   * @param torn whether unsynced bytes may survive a cut in part
   */
  DurabilityTrial(LossyDisk disk, DurabilityNode.Work work, long seed, boolean torn)
      throws IOException {
    this.disk = disk;
    this.work = work;
    this.random = new Random(seed);
    this.torn = torn;
    RunDirectory directory = RunDirectory.current();
    this.mountPoint = directory.newDirectory("lossy");
    Path files = directory.newDirectory("durability");
    this.acknowledgements = files.resolve("acknowledged");
    this.log = files.resolve("log");
  }

  /**
   * Cuts the power so many times.
   *
   * @return what was lost, or why the storage did not open; empty if all is well
   */
  List<String> run(int cuts) throws IOException, InterruptedException {
    for (int run = 0; run < cuts && problems.isEmpty(); run++) {
      powered(run, work);
    }
    if (problems.isEmpty()) {
      powered(cuts, DurabilityNode.Work.NOTHING);
    }
    return problems.subList(0, Math.min(MOST_PROBLEMS, problems.size()));
  }

  /**
   * Cuts the power in a start of the node, then starts it again.
   *
   * @param changes after how many changes on the disk
   * @return whether the start was over before that
   */
  boolean cutStart(int changes) throws IOException, InterruptedException {
    disk.cutPowerAfter(changes);
    powered(0, DurabilityNode.Work.NOTHING);
    boolean over = problems.isEmpty();
    problems.clear();
    powered(0, DurabilityNode.Work.NOTHING);
    return over;
  }

  List<String> problems() {
    return problems;
  }

  /** How many blocks and commits were acknowledged. */
  int acknowledged() {
    return acknowledged.size();
  }

  /** One life of the node, from power on to power off. */
  private void powered(int run, DurabilityNode.Work now) throws IOException, InterruptedException {
    Files.write(acknowledgements, acknowledged);
    MountOptions options = MountOptions.DEFAULT.with("fsname=lossy,local_locks");
    FuseMount mount = FuseMount.mount(mountPoint, disk, options);
    try {
      Process process = start(run, now);
      try (BufferedReader lines = process.inputReader()) {
        listen(process, lines);
      } finally {
        disk.cutPower(torn ? random : null);
        process.destroyForcibly().waitFor();
      }
    } finally {
      mount.close();
      disk.powerOn();
    }
  }

  private Process start(int run, DurabilityNode.Work now) throws IOException {
    List<String> arguments =
        List.of(
            mountPoint.resolve("data").toString(),
            acknowledgements.toString(),
            Integer.toString(run),
            now.name());
    List<String> command =
        JavaProcess.commandLine(HEAP_MEBIBYTES, DurabilityNode.class.getName(), arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
    Process process = RunDirectory.current().mark(builder).start();
    CompletableFuture.delayedExecutor(PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .execute(process::destroyForcibly);
    return process;
  }

  /** Hears what the node prints, until it ends or its power is cut. */
  private void listen(Process process, BufferedReader lines)
      throws IOException, InterruptedException {
    int enough = FEWEST + random.nextInt(MOST - FEWEST);
    long delayMicros = random.nextInt(LONGEST_DELAY_MICROS);
    boolean killFirst = random.nextBoolean();
    boolean ready = false;
    boolean on = true;
    Heard heard = new Heard();
    for (@Nullable String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.equals(DurabilityNode.READY)) {
        ready = true;
      } else if (line.startsWith(DurabilityNode.LOST)) {
        problems.add(line);
      } else if (ACKNOWLEDGEMENT.matcher(line).matches()) {
        acknowledged.add(line);
        heard.count(line);
      }
      if (on && (heard.isEnough(enough) || (ready && !problems.isEmpty()))) {
        TimeUnit.MICROSECONDS.sleep(delayMicros);
        stop(process, killFirst);
        on = false;
      }
    }
    if (!ready) {
      problems.add("did not open: " + Files.readString(log));
    } else if (on && work != DurabilityNode.Work.NOTHING && heard.total > 0) {
      throw new IOException("the node ended by itself: " + Files.readString(log));
    }
  }

  /** What it printed before this still comes through the pipe, which its handle leaves open. */
  private void stop(Process process, boolean killFirst) {
    if (killFirst) {
      process.toHandle().destroyForcibly();
    }
    disk.cutPower(torn ? random : null);
    process.toHandle().destroyForcibly();
  }

  /** How many acknowledgements of each kind one life brought. */
  private final class Heard {

    private int total;
    private int large;
    private int small;

    void count(String line) {
      total++;
      large += line.startsWith(DurabilityNode.LARGE) ? 1 : 0;
      small += line.startsWith(DurabilityNode.SMALL) ? 1 : 0;
    }

    boolean isEnough(int enough) {
      int commits = total - large - small;
      return total >= enough
          && switch (work) {
            case NOTHING -> false;
            case BLOCKS_AND_COMMITS ->
                Math.min(commits, Math.min(large, small)) >= FEWEST_OF_A_KIND;
            case LARGE_BLOCKS -> large >= FEWEST_OF_A_KIND;
            case COMMITS, UNSYNCED_COMMITS -> commits >= FEWEST_OF_A_KIND;
          };
    }
  }
}
