package io.cairnfs.it;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * One thing after another goes wrong, at random: at any time a majority of the nodes and all mounts
 * but one are well and reach each other.
 */
final class SharedFaults {

  /** Longer than a lease and its margins, so that some sessions end and some do not. */
  private static final int MAX_FAULT_MILLIS = 8_000;

  private static final int MAX_WELL_MILLIS = 1_500;

  private enum Kind {
    NODE_KILLED,
    NODE_PAUSED,
    NODE_ISOLATED,
    NODES_CUT,
    MOUNT_CUT,
    MOUNT_ISOLATED,
    MOUNT_PAUSED,
    MOUNT_KILLED
  }

  private final SharedScene scene;
  private final Random random;
  private final long start = System.nanoTime();

  SharedFaults(SharedScene scene, long seed) {
    this.scene = scene;
    this.random = new Random(seed);
  }

  /** Goes on for about so long; afterwards everything is well. */
  void run(Duration duration) throws IOException, InterruptedException {
    while (System.nanoTime() - start < duration.toNanos()) {
      TimeUnit.MILLISECONDS.sleep(random.nextInt(MAX_WELL_MILLIS));
      strike();
    }
  }

  private void strike() throws IOException, InterruptedException {
    List<Kind> kinds = List.of(Kind.values());
    Kind kind = kinds.get(random.nextInt(kinds.size()));
    int node = random.nextInt(SharedScene.NODES);
    int mount = random.nextInt(scene.mounts().size());
    int millis = random.nextInt(MAX_FAULT_MILLIS);
    System.out.printf(
        "  at %.1f s: %s for %.1f s, node %d, mount %d%n",
        (System.nanoTime() - start) / 1e9, kind, millis / 1e3, node, mount);
    switch (kind) {
      case NODE_KILLED -> {
        scene.cluster().nodes().get(node).kill();
        TimeUnit.MILLISECONDS.sleep(millis);
        scene.cluster().nodes().get(node).restart();
      }
      case NODE_PAUSED -> {
        scene.cluster().nodes().get(node).pause();
        TimeUnit.MILLISECONDS.sleep(millis);
        scene.cluster().nodes().get(node).resume();
      }
      case NODE_ISOLATED -> {
        scene.network().isolate(scene.nodeHost(node));
        heal(millis);
      }
      case NODES_CUT -> {
        int other = (node + 1 + random.nextInt(SharedScene.NODES - 1)) % SharedScene.NODES;
        scene.network().cut(scene.nodeHost(node), scene.nodeHost(other));
        heal(millis);
      }
      case MOUNT_CUT -> {
        scene.network().cut(scene.mountHost(mount), scene.nodeHost(node));
        heal(millis);
      }
      case MOUNT_ISOLATED -> {
        scene.network().isolate(scene.mountHost(mount));
        heal(millis);
      }
      case MOUNT_PAUSED -> {
        scene.mounts().get(mount).pause();
        TimeUnit.MILLISECONDS.sleep(millis);
        scene.mounts().get(mount).resume();
      }
      case MOUNT_KILLED -> {
        scene.mounts().get(mount).kill();
        TimeUnit.MILLISECONDS.sleep(millis);
        scene.mounts().get(mount).remount();
      }
    }
  }

  private void heal(int millis) throws IOException, InterruptedException {
    TimeUnit.MILLISECONDS.sleep(millis);
    scene.network().heal();
  }
}
