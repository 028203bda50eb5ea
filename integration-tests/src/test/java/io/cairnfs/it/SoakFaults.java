package io.cairnfs.it;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What happens to nodes, at random, two at a time at most: replicas are three, so that one of each
 * block and one of the voters is always well. A node counts as hurt until it has again what it
 * lost.
 */
final class SoakFaults {

  private static final int MAX_FAULT_MILLIS = 15_000;

  /** What its workers say once it has compared itself with the others; the load goes on. */
  private static final Pattern NOTHING_MISSING =
      Pattern.compile("compared with .* 0 blocks were not here.* 0 are missing\"");

  /** It is to hand over what others write all the while, to nodes to which things happen. */
  private static final Duration DRAIN = Duration.ofMinutes(10);

  private static final int MAX_WELL_MILLIS = 4_000;
  private static final int AT_ONCE = 2;

  private enum Kind {
    KILLED,
    RESTARTED,
    PAUSED,
    ISOLATED,
    CUT_FROM_MOUNT,
    FULL,
    WIPED,
    FLIPPED,
    CLOCK_JUMPED,
    JOINED_AND_DRAINED
  }

  private static final List<Kind> KINDS =
      Stream.of(Kind.values())
          .filter(kind -> kind.name().matches(System.getProperty("cairn.soak.kinds", ".*")))
          .toList();

  private final SoakScene scene;
  private final long seed;
  private final long start = System.nanoTime();
  private final Set<Integer> hurt = Collections.synchronizedSet(new TreeSet<>());
  private final Map<Kind, Integer> counts = new TreeMap<>();

  SoakFaults(SoakScene scene, long seed) {
    this.scene = scene;
    this.seed = seed;
  }

  /** Goes on for about so long; afterwards nothing goes wrong any more. */
  void run(Duration duration) throws Exception {
    List<FutureTask<Boolean>> all = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      Random random = new Random(seed * AT_ONCE + i);
      FutureTask<Boolean> task =
          new FutureTask<>(
              () -> {
                while (System.nanoTime() - start < duration.toNanos()) {
                  TimeUnit.MILLISECONDS.sleep(random.nextInt(MAX_WELL_MILLIS));
                  strike(random);
                }
                return true;
              });
      all.add(task);
      Thread.ofPlatform().name("faults-" + i).start(task);
    }
    for (FutureTask<Boolean> task : all) {
      task.get();
    }
    System.out.println("faults: " + counts);
  }

  private void strike(Random random) throws Exception {
    Kind kind = KINDS.get(random.nextInt(KINDS.size()));
    int number = random.nextInt(SoakScene.NODES);
    int millis = random.nextInt(MAX_FAULT_MILLIS);
    if (kind == Kind.CLOCK_JUMPED && !Cairn.clocksCanJump()) {
      return;
    }
    while (!hurt.add(number)) {
      number = (number + 1) % SoakScene.NODES;
    }
    say(Instant.now() + " " + kind + " for " + millis / 1e3 + " s, node " + number);
    strike(kind, number, millis, random);
    synchronized (counts) {
      counts.merge(kind, 1, Integer::sum);
    }
    hurt.remove(number);
  }

  private void say(String what) {
    System.out.printf("  at %.1f s: %s%n", (System.nanoTime() - start) / 1e9, what);
  }

  private void strike(Kind kind, int number, int millis, Random random) throws Exception {
    TestNode node = scene.cluster().nodes().get(number);
    TestNetwork.Host host = scene.network().hosts().get(number);
    switch (kind) {
      case KILLED -> {
        node.kill();
        TimeUnit.MILLISECONDS.sleep(millis);
        node.restart();
      }
      case RESTARTED -> {
        int code = node.terminate();
        if (code != 0) {
          throw new AssertionError("node " + number + " ended with " + code);
        }
        node.restart();
      }
      case PAUSED -> {
        node.pause();
        TimeUnit.MILLISECONDS.sleep(millis);
        node.resume();
      }
      case ISOLATED -> {
        scene.network().isolate(host);
        TimeUnit.MILLISECONDS.sleep(millis);
        scene.network().heal(host);
      }
      case CUT_FROM_MOUNT -> {
        int mount = random.nextInt(SoakScene.MOUNTS);
        scene.network().drop(scene.network().hosts().get(SoakScene.NODES + 1 + mount), host);
        TimeUnit.MILLISECONDS.sleep(millis);
        scene.network().heal(host);
      }
      case FULL -> {
        Path ballast = node.data().resolve("ballast");
        fill(ballast);
        TimeUnit.MILLISECONDS.sleep(millis);
        Files.delete(ballast);
      }
      case WIPED -> {
        node.kill();
        node.lose("db", "segments"); // not who it is, whom it knows and what it votes on
        node.restart();
        awaitItsBlocks(number);
      }
      case FLIPPED -> {
        if (flip(node.data().resolve("segments"), random)) {
          // Two passes of the scrub, and what they found is mended.
          TimeUnit.SECONDS.sleep(45);
          awaitItsBlocks(number);
        }
      }
      case CLOCK_JUMPED -> {
        long seconds = random.nextInt(-7200, 7200);
        node.setClock(seconds);
        TimeUnit.MILLISECONDS.sleep(millis);
        node.setClock(0);
        TimeUnit.SECONDS.sleep(2);
      }
      case JOINED_AND_DRAINED -> joinAndDrain();
    }
  }

  /** Only one at a time has the spare host. */
  private synchronized void joinAndDrain() throws Exception {
    TestNode guest = scene.cluster().visit(Cairn.operator().on(scene.spareHost()));
    Cairn.Result drained = scene.user().run(DRAIN, "node", "drain", guest.id());
    if (drained.exitCode() != 0) {
      throw new AssertionError("cannot be drained: " + drained);
    }
    guest.terminate();
  }

  private static void fill(Path ballast) throws IOException {
    ByteBuffer mebibyte = ByteBuffer.allocateDirect(1 << 20);
    try (FileChannel channel =
        FileChannel.open(ballast, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      while (true) {
        channel.write(mebibyte.clear());
      }
    } catch (IOException e) {
      // the disk is full
    }
  }

  /** Changes a bit of a segment, if there is one. */
  private static boolean flip(Path segments, Random random) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(segments)) {
      files = all.filter(path -> path.toString().endsWith(".segment")).toList();
    }
    if (files.isEmpty()) {
      return false;
    }
    Path segment = files.get(random.nextInt(files.size()));
    try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
      long at = (long) (random.nextDouble() * file.length());
      file.seek(at);
      int was = file.read();
      if (was < 0) {
        return false;
      }
      file.seek(at);
      file.write(was ^ 1 << random.nextInt(8));
      return true;
    } catch (NoSuchFileException e) {
      return false; // it was collected
    }
  }

  /** Waits until a node says that nothing is missing where it is. */
  private void awaitItsBlocks(int number) throws Exception {
    TestNode node = scene.cluster().nodes().get(number);
    Cairn user = Cairn.of(scene.cluster(), List.of(node)).on(scene.network().hosts().get(number));
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
    while (true) {
      Cairn.Result status = user.run("node", "status", "--json");
      if (NOTHING_MISSING.matcher(status.out()).find()) {
        return;
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("node " + number + " does not get its blocks again: " + status);
      }
      TimeUnit.SECONDS.sleep(2);
    }
  }
}
