package io.cairnfs.node.head;

import static io.cairnfs.node.head.HeadFixture.session;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.node.rocks.Column;
import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.rocks.RocksSettings;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.CommitOutcome.Committed;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.Usage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** What is on disk: its recovery, its damage and its size. */
@SuppressWarnings("NullAway.Init") // opened before each test
final class RocksJournalTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final HeadFixture fixture = new HeadFixture();
  @TempDir private Path directory;
  private RocksDatabase database;

  @BeforeEach
  void open() throws IOException {
    database = RocksDatabase.open(directory, RocksJournal.COLUMNS, RocksSettings.MODERATE);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private CellHeads heads() throws IOException {
    return new CellHeads(JournalEngine.open(RocksJournal.open(database)), HeadFixture.VOTER);
  }

  /** Founds the volume and commits 1, 2, 3, each a command. */
  private void fill() throws Exception {
    try (CellHeads heads = heads()) {
      heads.found(fixture.founding, TIMEOUT);
      heads.open(fixture.volume, session(1), "me", TIMEOUT);
      for (int i = 1; i <= 3; i++) {
        commit(heads, i, HeadFixture.commit("body " + i));
      }
    }
  }

  private void commit(CellHeads heads, long request, Commit commit) throws Exception {
    assertEquals(
        List.of(new Committed(request)),
        heads
            .commit(fixture.volume, session(1), request, request - 1, List.of(commit), TIMEOUT)
            .outcomes());
  }

  @Test
  void aDamagedCommandIsReported() throws Exception {
    fill();
    byte[] key = HeadColumns.key(4);
    byte[] value = database.db().get(database.handle(HeadColumns.LOG), key);
    value[value.length - 1] ^= 1;
    database.db().put(database.handle(HeadColumns.LOG), key, value);
    assertDamage("command 4");
  }

  @Test
  void aCommandUnderAnotherNumberIsReported() throws Exception {
    fill();
    byte[] other = database.db().get(database.handle(HeadColumns.LOG), HeadColumns.key(4));
    database.db().put(database.handle(HeadColumns.LOG), HeadColumns.key(5), other);
    assertDamage("command 5");
  }

  @Test
  void aMissingCommandIsReported() throws Exception {
    fill();
    database.db().delete(database.handle(HeadColumns.LOG), HeadColumns.key(4));
    assertDamage("command 4 is missing");
  }

  @Test
  void missingBodiesAreReported() throws Exception {
    fill();
    database.db().delete(database.handle(HeadColumns.BODIES), HeadColumns.key(fixture.volume, 5));
    assertDamage("bodies of command 5");
  }

  private void assertDamage(String what) {
    IOException damage = assertThrows(JournalDamageException.class, this::heads);
    assertTrue(String.valueOf(damage.getMessage()).contains(what), damage.getMessage());
  }

  @Test
  void anotherFormatIsRefusedAndLeftAlone() throws Exception {
    fill();
    byte[] sealed =
        HeadColumns.seal(
            HeadColumns.FORMAT_KEY, ByteBuffer.allocate(4).putInt(HeadColumns.FORMAT + 1).array());
    database.db().put(database.handle(HeadColumns.STATE), HeadColumns.FORMAT_KEY, sealed);
    IOException refusal = assertThrows(IOException.class, this::heads);
    assertTrue(String.valueOf(refusal.getMessage()).contains("format 2"), refusal.getMessage());
    assertEquals(6, count(HeadColumns.LOG));
  }

  @Test
  void aTornLastWriteIsAsIfItNeverHappened() throws Exception {
    fill();
    database.close();
    Path wal = newestWal();
    byte[] bytes = Files.readAllBytes(wal);
    Files.write(wal, Arrays.copyOf(bytes, bytes.length - 1));
    open();
    try (CellHeads heads = heads()) {
      assertEquals(2, heads.info(fixture.volume, TIMEOUT).state().sequence());
      commit(heads, 3, HeadFixture.commit("again"));
    }
  }

  @Test
  void damageBeforeTheEndIsNotTakenForATornWrite() throws Exception {
    fill();
    database.close();
    Path wal = newestWal();
    byte[] bytes = Files.readAllBytes(wal);
    bytes[bytes.length / 2] ^= 1;
    Files.write(wal, bytes);
    assertThrows(IOException.class, this::open);
    bytes[bytes.length / 2] ^= 1;
    Files.write(wal, bytes);
    open();
  }

  private Path newestWal() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".log")).sorted().toList().getLast();
    }
  }

  @Test
  void snapshotsKeepTheLogShortAndTheBodiesThatAreNeeded() throws Exception {
    Commit large =
        new Commit(0, List.of(), List.of(), Usage.NONE, new byte[HeadLimits.MAX_BODY_BYTES]);
    int commits = 40;
    try (CellHeads heads = heads()) {
      heads.found(fixture.founding, TIMEOUT);
      heads.open(fixture.volume, session(1), "me", TIMEOUT);
      for (int i = 1; i <= commits; i++) {
        commit(heads, i, large);
        if (i == 20) {
          heads.fold(
              fixture.volume,
              session(1),
              null,
              Cid.of(Codec.DAG_CBOR, new byte[] {1}),
              10,
              0,
              TIMEOUT);
        }
      }
    }
    assertTrue(count(HeadColumns.LOG) < 20, "the log was not cut");
    assertEquals(commits - 10, count(HeadColumns.BODIES));
    try (CellHeads heads = heads()) {
      assertEquals(commits, heads.info(fixture.volume, TIMEOUT).state().sequence());
      long after = 10;
      while (after < commits) {
        after = heads.deltas(fixture.volume, after, TIMEOUT).getLast().sequence();
      }
      HeadException folded =
          assertThrows(HeadException.class, () -> heads.deltas(fixture.volume, 9, TIMEOUT));
      assertEquals(Reason.REFUSED, folded.reason());
    }
  }

  private int count(Column column) throws RocksDBException {
    int count = 0;
    try (RocksIterator iterator = database.db().newIterator(database.handle(column))) {
      for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
        count++;
      }
      iterator.status();
    }
    return count;
  }
}
