package io.cairnfs.it;

import io.cairnfs.it.linear.Answer;
import io.cairnfs.it.linear.Call;
import io.cairnfs.it.linear.TreeHistory;
import io.cairnfs.it.linear.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

/**
 * Programs at work in the same directories, each through a mount of its own, and whether what they
 * saw is linearizable. A program whose mount dies goes on when there is a new one in its place.
 */
final class LinearRun {

  private static final int ARENAS = 3;
  private static final int ROOTS = 2;
  private static final Duration REMOUNT_POLL = Duration.ofMillis(50);

  /** Each call that may or may not have happened doubles what the check must try. */
  private static final Duration PAUSE_AFTER_UNKNOWN = Duration.ofSeconds(1);

  private static final Duration DONE_POLL = Duration.ofMillis(20);
  private static final Duration CHECK = Duration.ofSeconds(60);
  private static final Path FAILED_HISTORIES = Path.of("target");

  private final String name;
  private final int callsEach;
  private final List<List<Path>> roots = new ArrayList<>();
  private final List<FutureTask<List<Call>>> programs = new ArrayList<>();
  private final List<Long> inodes = new ArrayList<>();
  private volatile boolean stopped;

  /**
   * Starts the programs.
   *
   * @param mounts the same directory, as each of the programs sees it
   * @param callsEach after so many, or a few more, a program ends
   * @param wrapper what is between each program and the kernel
   */
  LinearRun(List<Path> mounts, long seed, int callsEach, UnaryOperator<LinearTarget> wrapper)
      throws IOException {
    this.name = "linear-" + seed;
    this.callsEach = callsEach;
    for (int arena = 0; arena < ARENAS; arena++) {
      List<Path> relative = new ArrayList<>();
      for (int root = 0; root < ROOTS; root++) {
        relative.add(Path.of(name, arena + "-" + root));
        Files.createDirectories(mounts.getFirst().resolve(relative.getLast()));
      }
      roots.add(relative);
    }
    for (int number = 0; number < mounts.size(); number++) {
      int worker = number;
      Path mount = mounts.get(number);
      Random random = new Random(seed * 1_000_003 + number);
      FutureTask<List<Call>> program = new FutureTask<>(() -> work(worker, mount, random, wrapper));
      programs.add(program);
      Thread.ofPlatform().name(name + "-" + number).daemon().start(program);
    }
  }

  private List<Call> work(
      int number, Path mount, Random random, UnaryOperator<LinearTarget> wrapper)
      throws InterruptedException {
    List<Path> all = roots.stream().flatMap(List::stream).map(mount::resolve).toList();
    try (LinearCalls calls = new LinearCalls(all)) {
      LinearWorker worker =
          new LinearWorker(number, wrapper.apply(calls), arenas(open(calls)), random);
      while (!stopped && worker.calls().size() < callsEach) {
        try {
          worker.step();
          if (!worker.calls().isEmpty()
              && worker.calls().getLast().answer() instanceof Answer.Unknown) {
            Thread.sleep(PAUSE_AFTER_UNKNOWN);
          }
        } catch (LinearTarget.GoneException e) {
          open(calls);
        }
      }
      return worker.calls();
    }
  }

  /** Waits for the mount if it is not there. */
  private List<Long> open(LinearCalls calls) throws InterruptedException {
    while (true) {
      try {
        List<Long> opened = calls.open();
        synchronized (inodes) {
          if (inodes.isEmpty()) {
            inodes.addAll(opened);
          } else if (!inodes.equals(opened)) {
            throw new AssertionError("other directories: " + inodes + " and " + opened);
          }
        }
        return opened;
      } catch (LinearTarget.GoneException e) {
        if (stopped) {
          throw new AssertionError("the mount is not there at the end");
        }
        Thread.sleep(REMOUNT_POLL);
      }
    }
  }

  private static List<List<Long>> arenas(List<Long> roots) {
    List<List<Long>> arenas = new ArrayList<>();
    for (int arena = 0; arena < ARENAS; arena++) {
      arenas.add(roots.subList(arena * ROOTS, (arena + 1) * ROOTS));
    }
    return arenas;
  }

  /** Waits until all programs have done what they had to do, but not longer than so. */
  void await(Duration most) throws InterruptedException {
    long deadline = System.nanoTime() + most.toNanos();
    while (!programs.stream().allMatch(Future::isDone) && System.nanoTime() < deadline) {
      Thread.sleep(DONE_POLL);
    }
  }

  /**
   * Ends the programs, and checks what they saw.
   *
   * @param patience for the calls that are under way
   */
  Verdict finish(Duration patience) throws Exception {
    stopped = true;
    List<Call> history = new ArrayList<>();
    for (FutureTask<List<Call>> program : programs) {
      try {
        history.addAll(program.get(patience.toNanos(), TimeUnit.NANOSECONDS));
      } catch (TimeoutException e) {
        throw new AssertionError(name + ": a call does not end", e);
      } catch (ExecutionException e) {
        throw new AssertionError(name, e.getCause());
      }
    }
    long start = System.nanoTime();
    Verdict verdict = new TreeHistory(history, inodes).check(CHECK);
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    System.out.println(name + ": " + summary(history) + ", checked in " + millis + " ms");
    if (!(verdict instanceof Verdict.Linearizable)) {
      keep(history, verdict);
    }
    return verdict;
  }

  private static String summary(List<Call> history) {
    Map<String, Integer> counts = new HashMap<>();
    long longest = 0;
    for (Call call : history) {
      String kind =
          switch (call.answer()) {
            case Answer.Unknown _ -> "unknown";
            case Answer.Refused refused -> "refused with errno " + refused.errno();
            case Answer.Failed _ -> "failed";
            default -> "done";
          };
      counts.merge(kind, 1, Integer::sum);
      longest = Math.max(longest, call.end() - call.start());
    }
    return history.size()
        + " calls, longest "
        + TimeUnit.NANOSECONDS.toMillis(longest)
        + " ms, "
        + counts;
  }

  private void keep(List<Call> history, Verdict verdict) throws IOException {
    Path file = FAILED_HISTORIES.resolve(name + ".txt");
    List<String> lines = new ArrayList<>(List.of(verdict.toString(), ""));
    history.stream()
        .sorted((a, b) -> Long.compare(a.start(), b.start()))
        .forEach(call -> lines.add(call.toString()));
    Files.write(file, lines);
    System.out.println(name + ": the history is in " + file.toAbsolutePath());
  }
}
