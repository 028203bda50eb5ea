package io.cairnfs.client.cli;

import io.cairnfs.client.fuse.mounting.Unmounter;
import io.cairnfs.node.Node;
import io.cairnfs.node.config.NodeConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Two nodes and mounts of their volume in this process, used as programs use them. The kernel sends
 * the requests, so this must run where it may mount.
 */
final class TrainingCluster {

  private static final int NODES = 2;
  private static final int SMALL_FILES = 400;
  private static final int SMALL_BYTES = 4 << 10;
  private static final int LARGE_MEBIBYTES = 96;
  private static final int RANDOM_READS = 400;
  private static final Duration MOUNTING = Duration.ofSeconds(30);

  private final Random random = new Random(1);
  private final Path directory;

  private TrainingCluster(Path directory) {
    this.directory = directory;
  }

  static void train(Path directory) throws IOException, InterruptedException {
    new TrainingCluster(directory).train();
  }

  private void train() throws IOException, InterruptedException {
    Path token = directory.resolve("0/join-token");
    try (Node first = start(0, List.of());
        Node second = start(1, List.of(first.address()))) {
      String address = "127.0.0.1:" + first.address().getPort();
      String[] access = {"--node", address, "--token-file", token.toString()};
      Training.run(
          words(access, "volume", "create", "training", "--replication", Integer.toString(NODES)));
      Training.run(words(access, "status"));
      whileMounted(
          words(access, "mount", "-f", "training", mountPoint().toString()),
          () -> {
            writeFiles();
            changeFiles();
          });
      // Anew, so that what is read comes from the nodes.
      whileMounted(
          words(access, "mount", "-f", "training", mountPoint().toString()), this::readFiles);
      second.httpAddress().ifPresent(http -> Training.run("node", "status"));
    }
    whileMounted(new String[] {"mount", "-f", mountPoint().toString()}, this::writeFiles);
  }

  private Node start(int number, List<InetSocketAddress> bootstrap) throws IOException {
    NodeConfig defaults = NodeConfig.defaults(directory.resolve(Integer.toString(number)));
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return Node.start(
        new NodeConfig(
            defaults.data(),
            any,
            List.of(),
            any,
            defaults.zone(),
            defaults.capacityBytes(),
            defaults.grace(),
            defaults.roles(),
            defaults.memory(),
            bootstrap,
            bootstrap.isEmpty() ? Optional.empty() : Optional.of(directory.resolve("0/join-token")),
            defaults.allow(),
            defaults.heads(),
            defaults.scrub(),
            defaults.repair()),
        Version.number());
  }

  private static String[] words(String[] access, String... command) {
    String[] all = new String[command.length + access.length];
    System.arraycopy(command, 0, all, 0, command.length);
    System.arraycopy(access, 0, all, command.length, access.length);
    return all;
  }

  private Path mountPoint() {
    return directory.resolve("mnt");
  }

  /** Something done on the mount. */
  private interface Work {
    void run() throws IOException;
  }

  private void whileMounted(String[] mount, Work work) throws IOException, InterruptedException {
    Files.createDirectories(mountPoint());
    Object device = Files.getAttribute(mountPoint(), "unix:dev");
    Thread serving =
        Thread.ofPlatform().daemon().name("training-mount").start(() -> Training.run(mount));
    long deadline = System.nanoTime() + MOUNTING.toNanos();
    while (Files.getAttribute(mountPoint(), "unix:dev").equals(device)) {
      if (!serving.isAlive() || System.nanoTime() > deadline) {
        throw new IOException("it cannot be mounted");
      }
      Thread.sleep(20);
    }
    work.run();
    Unmounter.unmount(mountPoint());
    serving.join();
  }

  private Path small(int number) {
    return mountPoint().resolve("small/d" + number % 10 + "/f" + number);
  }

  private Path large() {
    return mountPoint().resolve("large");
  }

  private void writeFiles() throws IOException {
    byte[] content = new byte[SMALL_BYTES];
    for (int i = 0; i < SMALL_FILES; i++) {
      random.nextBytes(content);
      Files.createDirectories(small(i).getParent());
      try (FileChannel file =
          FileChannel.open(small(i), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        file.write(ByteBuffer.wrap(content));
        if (i % 2 == 0) {
          file.force(true);
        }
      }
    }
    byte[] mebibyte = new byte[1 << 20];
    try (FileChannel file =
        FileChannel.open(large(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int i = 0; i < LARGE_MEBIBYTES; i++) {
        random.nextBytes(mebibyte);
        file.write(ByteBuffer.wrap(mebibyte));
      }
      file.force(true);
    }
  }

  private void changeFiles() throws IOException {
    try (FileChannel file = FileChannel.open(large(), StandardOpenOption.WRITE)) {
      byte[] page = new byte[SMALL_BYTES];
      for (int i = 0; i < SMALL_FILES; i++) {
        random.nextBytes(page);
        file.write(ByteBuffer.wrap(page), random.nextLong(LARGE_MEBIBYTES << 20));
      }
    }
    for (int i = 0; i < SMALL_FILES; i += 4) {
      Path renamed = small(i).resolveSibling("renamed" + i);
      Files.move(small(i), renamed);
      Files.delete(renamed);
    }
  }

  private void readFiles() throws IOException {
    for (int i = 0; i < SMALL_FILES; i++) {
      if (Files.exists(small(i))) {
        Files.readAllBytes(small(i));
      }
    }
    for (int d = 0; d < 10; d++) {
      try (DirectoryStream<Path> entries =
          Files.newDirectoryStream(mountPoint().resolve("small/d" + d))) {
        for (Path entry : entries) {
          Files.getLastModifiedTime(entry);
        }
      }
    }
    try (FileChannel file = FileChannel.open(large(), StandardOpenOption.READ)) {
      ByteBuffer page = ByteBuffer.allocateDirect(SMALL_BYTES);
      for (int i = 0; i < RANDOM_READS; i++) {
        file.read(page.clear(), random.nextLong(LARGE_MEBIBYTES << 20));
      }
    }
    try (FileChannel file = FileChannel.open(large(), StandardOpenOption.READ)) {
      ByteBuffer mebibyte = ByteBuffer.allocateDirect(1 << 20);
      while (file.read(mebibyte.clear()) >= 0) {
        // it is read, no more
      }
    }
  }
}
