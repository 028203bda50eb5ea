package io.cairnfs.node.scrub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.node.config.ScrubSettings;
import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.rocks.RocksSettings;
import io.cairnfs.node.store.Columns;
import io.cairnfs.node.store.PutOptions;
import io.cairnfs.node.store.RocksBlockStore;
import io.cairnfs.node.store.StoreSettings;
import io.cairnfs.node.store.TestBlocks;
import io.cairnfs.node.testing.ChildJvm;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that scrubs, and looks where it goes on. */
final class ScrubCrashTest {

  private static final int BLOCKS = 3000;
  private static final ScrubSettings SETTINGS = new ScrubSettings(Duration.ofDays(1), 1L << 30);

  @TempDir Path directory;

  /** Scrubs, and says after each unit of work how many blocks were read. */
  static final class Child {

    private Child() {}

    /** Takes the store's directory. */
    public static void main(String[] arguments) throws Exception {
      ChildJvm.endWithParent();
      try (Opened opened = new Opened(Path.of(arguments[0]))) {
        for (int first = 0; first < BLOCKS; first += 500) {
          opened.store().put(TestBlocks.random(first, 500, 300), PutOptions.VERIFIED);
        }
        // By this clock a minute passes between two looks at it: the place is kept each time.
        AtomicLong nanos = new AtomicLong();
        Scrub scrub =
            new Scrub(
                opened.store(),
                SETTINGS,
                InstantSource.system(),
                () -> nanos.addAndGet(Duration.ofMinutes(1).toNanos()));
        while (scrub.figures().lastComplete() == null) {
          scrub.work();
          System.out.println(scrub.figures().pass().blocks());
          Thread.sleep(20);
        }
        System.out.println("end");
        Thread.sleep(Duration.ofMinutes(1));
      }
    }
  }

  private record Opened(RocksDatabase database, RocksBlockStore store) implements AutoCloseable {

    Opened(Path directory) throws Exception {
      this(
          RocksDatabase.open(directory.resolve("db"), Columns.ALL, RocksSettings.MODERATE),
          directory);
    }

    private Opened(RocksDatabase database, Path directory) throws Exception {
      this(
          database,
          RocksBlockStore.open(
              database, TestBlocks.segments(directory), StoreSettings.DEFAULT.withReserve(0)));
    }

    @Override
    public void close() {
      store.close();
      database.close();
    }
  }

  @Test
  void itGoesOnWhereTheKilledProcessWas() throws Exception {
    Process process =
        new ProcessBuilder(ChildJvm.command(Child.class, List.of(directory.toString())))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    long last = 0;
    try (BufferedReader reader = process.inputReader()) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        last = Long.parseLong(line);
        if (last >= BLOCKS / 3) {
          process.toHandle().destroyForcibly();
        }
      }
    } finally {
      process.destroyForcibly();
    }
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    try (Opened opened = new Opened(directory)) {
      Scrub scrub = new Scrub(opened.store(), SETTINGS);
      assertTrue(scrub.figures().running());
      long kept = scrub.figures().pass().blocks();
      assertTrue(kept >= last && kept < BLOCKS, kept + " after it said " + last);
      while (scrub.figures().lastComplete() == null) {
        scrub.work();
      }
      assertEquals(BLOCKS, scrub.figures().complete().blocks());
    }
  }
}
