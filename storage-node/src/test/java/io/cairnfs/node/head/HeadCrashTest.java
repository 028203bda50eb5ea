package io.cairnfs.node.head;

import static io.cairnfs.node.head.HeadFixture.session;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.rocks.RocksSettings;
import io.cairnfs.node.testing.ChildJvm;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.CommitOutcome.Committed;
import io.cairnfs.protocol.head.Delta;
import io.cairnfs.protocol.head.HeadState;
import io.cairnfs.protocol.head.Usage;
import io.cairnfs.protocol.head.VolumeId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that commits and folds over and over is killed again and again: whatever it said was
 * committed is there, once, in order.
 */
final class HeadCrashTest {

  private static final int ROUNDS = 6;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Large enough that snapshots come every second or so. */
  private static final int BODY_BYTES = 64 << 10;

  private static final int COMMITS_PER_FOLD = 100;

  @TempDir private Path directory;

  @Test
  void whatWasAcknowledgedSurvivesKills() throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    HeadFixture fixture = new HeadFixture();
    try (RocksDatabase database = database();
        CellHeads heads = heads(database)) {
      heads.found(fixture.founding, TIMEOUT);
      heads.open(fixture.volume, session(1), "child", TIMEOUT);
    }
    long acknowledged = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long before = acknowledged;
      acknowledged = runAndKill(fixture.volume, acknowledged, 200 + random.nextInt(800));
      assertTrue(acknowledged > before, "nothing was committed in round " + round);
      verify(fixture.volume, acknowledged);
    }
  }

  private long runAndKill(VolumeId volume, long acknowledged, int millis) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            ChildJvm.command(
                HeadCrashTest.class,
                List.of(
                    directory.toString(),
                    HexFormat.of().formatHex(volume.toBytes()),
                    Long.toString(acknowledged))));
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process child = builder.start();
    long last = acknowledged;
    try (BufferedReader lines = child.inputReader(StandardCharsets.US_ASCII)) {
      long end = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        last = Long.parseLong(line);
        end = end == 0 ? System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis) : end;
        if (System.nanoTime() > end) {
          // What the child printed before is still read, for it was acknowledged too:
          // Process.destroyForcibly would close the pipe.
          child.toHandle().destroyForcibly();
        }
      }
    } finally {
      child.destroyForcibly();
      child.waitFor();
    }
    return last;
  }

  private void verify(VolumeId volume, long acknowledged) throws Exception {
    try (RocksDatabase database = database();
        CellHeads heads = heads(database)) {
      HeadState state = heads.info(volume, TIMEOUT).state();
      // At most one batch was under way.
      assertTrue(
          state.sequence() == acknowledged || state.sequence() == acknowledged + 1,
          "acknowledged " + acknowledged + ", there are " + state.sequence());
      long sequence = state.rootSequence();
      while (sequence < state.sequence()) {
        List<Delta> page = heads.deltas(volume, sequence, TIMEOUT);
        assertFalse(page.isEmpty());
        for (Delta delta : page) {
          sequence++;
          assertEquals(sequence, delta.sequence());
          assertEquals(sequence, ByteBuffer.wrap(delta.body()).getLong());
        }
      }
    }
  }

  private RocksDatabase database() throws IOException {
    return database(directory);
  }

  private static RocksDatabase database(Path directory) throws IOException {
    return RocksDatabase.open(directory, RocksJournal.COLUMNS, RocksSettings.MODERATE);
  }

  private static CellHeads heads(RocksDatabase database) throws IOException {
    return new CellHeads(JournalEngine.open(RocksJournal.open(database)), HeadFixture.VOTER);
  }

  /** The process that is killed: directory, volume, last acknowledged request. */
  public static void main(String[] arguments) throws Exception {
    ChildJvm.endWithParent();
    Path directory = Path.of(arguments[0]);
    VolumeId volume = VolumeId.of(HexFormat.of().parseHex(arguments[1]));
    PrintStream out = System.out;
    try (RocksDatabase database = database(directory);
        CellHeads heads = heads(database)) {
      heads.open(volume, session(1), "child", TIMEOUT);
      for (long request = Long.parseLong(arguments[2]) + 1; ; request++) {
        byte[] body = ByteBuffer.allocate(BODY_BYTES).putLong(request).array();
        Commit commit = new Commit(0, List.of(), List.of(), Usage.NONE, body);
        var outcomes =
            heads
                .commit(volume, session(1), request, request - 1, List.of(commit), TIMEOUT)
                .outcomes();
        if (!outcomes.equals(List.of(new Committed(request)))) {
          throw new IllegalStateException("request " + request + " came to " + outcomes);
        }
        out.println(request);
        out.flush();
        if (request % COMMITS_PER_FOLD == 0) {
          HeadState state = heads.info(volume, TIMEOUT).state();
          Cid root = Cid.of(Codec.DAG_CBOR, body);
          heads.fold(volume, session(1), state.root(), root, request - 10, 0, TIMEOUT);
        }
      }
    }
  }
}
