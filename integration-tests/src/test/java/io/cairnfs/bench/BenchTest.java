package io.cairnfs.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairnfs.bench.load.SourceTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BenchTest {

  private static final Settings LITTLE =
      new Settings(
          1,
          20,
          20,
          5,
          Duration.ofSeconds(10),
          1,
          EnumSet.complementOf(EnumSet.of(Row.Group.ALWAYS)));

  private static final Caches LEFT_ALONE =
      new Caches() {
        @Override
        public void sync() {}

        @Override
        public void drop() {}
      };

  @TempDir Path temporary;
  private final Samples samples = new Samples();

  @Test
  void everyRowHasAValueOnAPlainDirectory() throws Exception {
    DirectoryTarget target = target("plain");
    Bench bench = new Bench(LITTLE, archive(), LEFT_ALONE, line -> {});

    bench.run(List.of(target), 1, (row, name, round, value) -> samples.add(row, name, value));

    assertEquals(List.of(), bench.failures());
    for (Row row : Row.values()) {
      assertEquals(1, samples.of(row, "plain").size(), row.label());
      assertTrue(samples.of(row, "plain").getFirst() >= 0, row.label());
    }
    assertTrue(target.remounts > 0, "cold rows need it");
    assertFalse(target.up);
    assertEquals(List.of(), content(target.mountpoint()), "what it made is removed");
  }

  @Test
  void roundsGoFromTargetToTarget() throws Exception {
    List<String> order = new ArrayList<>();
    Bench bench = new Bench(only(Row.Group.FSYNC), temporary, LEFT_ALONE, line -> {});

    bench.run(
        List.of(target("a"), target("b")),
        2,
        (row, name, round, value) -> {
          if (row == Row.FSYNC_MEDIAN) {
            order.add(name + round);
          }
        });

    assertEquals(List.of("a1", "b1", "a2", "b2"), order);
  }

  @Test
  void aTargetThatFailsHasNoValuesAndHoldsNobodyUp() throws Exception {
    DirectoryTarget broken = new DirectoryTarget("broken", temporary.resolve("missing"));
    DirectoryTarget whole = target("whole");
    Bench bench = new Bench(only(Row.Group.FSYNC), temporary, LEFT_ALONE, line -> {});

    bench.run(
        List.of(broken, whole), 1, (row, name, round, value) -> samples.add(row, name, value));

    assertEquals(1, bench.failures().size());
    assertTrue(bench.failures().getFirst().contains("round 1 of 1, broken, fsync"));
    assertEquals(0, samples.of(Row.FSYNC_MEDIAN, "broken").size());
    assertEquals(1, samples.of(Row.FSYNC_MEDIAN, "whole").size());
    assertFalse(broken.up);
  }

  private static Settings only(Row.Group group) {
    return new Settings(1, 20, 20, 5, Duration.ofSeconds(10), 1, EnumSet.of(group));
  }

  private DirectoryTarget target(String name) throws IOException {
    return new DirectoryTarget(name, Files.createDirectory(temporary.resolve(name)));
  }

  private Path archive() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/git")), "git makes the tree");
    return SourceTree.archive(1, 10, Files.createDirectory(temporary.resolve("archive")));
  }

  private static List<Path> content(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.toList();
    }
  }
}
