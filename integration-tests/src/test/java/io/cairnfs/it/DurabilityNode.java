package io.cairnfs.it;

import io.cairnfs.node.data.DataDirectory;
import io.cairnfs.node.head.CellHeads;
import io.cairnfs.node.head.Journal;
import io.cairnfs.node.head.JournalEngine;
import io.cairnfs.node.head.RocksJournal;
import io.cairnfs.node.rocks.Column;
import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.rocks.RocksSettings;
import io.cairnfs.node.store.Columns;
import io.cairnfs.node.store.PutOptions;
import io.cairnfs.node.store.RocksBlockStore;
import io.cairnfs.node.store.StoreSettings;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.CommitOutcome;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.FoundingSignature;
import io.cairnfs.protocol.head.Head;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.Usage;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.VolumeInfo;
import io.cairnfs.protocol.identity.NodeId;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * The storage of a node in a process of its own, composed as the node composes it: looks for what
 * was acknowledged before, says what is {@code lost} and then that it is {@code ready}, and stores
 * until its power is cut. A line that names a block or commit is printed once it was acknowledged.
 */
final class DurabilityNode {

  /** What it does once it is ready. */
  enum Work {
    NOTHING,
    BLOCKS_AND_COMMITS,
    LARGE_BLOCKS,
    COMMITS,
    /** Like {@link #COMMITS}, with a journal that acknowledges before it syncs. */
    UNSYNCED_COMMITS
  }

  static final String READY = "ready";
  static final String LOST = "lost ";
  static final String LARGE = "large ";
  static final String SMALL = "small ";
  static final String COMMIT = "commit ";

  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final int LARGE_BYTES = 1 << 20;
  private static final int SMALL_BYTES = 4 << 10;
  private static final int SMALL_PUTTERS = 2;
  private static final PutOptions PUT = new PutOptions(false, false, 1);

  /** Small memtables, so that the log is switched and files are merged now and then. */
  private static final RocksSettings ROCKS = new RocksSettings(4 << 20, 3, 8 << 20, 2, 128);

  /** Small segments, so that a new one is begun now and then. */
  private static final StoreSettings STORE =
      StoreSettings.DEFAULT.withReserve(0).withSegments(LARGE_BYTES / 2, 8L * LARGE_BYTES);

  private final RocksBlockStore store;
  private final CellHeads heads;
  private final NodeId self;
  private final int run;

  // The acknowledgements are what the test reads from this process.
  private final PrintStream acknowledged = System.out;

  private DurabilityNode(RocksBlockStore store, CellHeads heads, NodeId self, int run) {
    this.store = store;
    this.heads = heads;
    this.self = self;
    this.run = run;
  }

  /**
   * @param arguments the data directory; a file of the lines printed so far; the number of this
   *     run; what to do
   */
  public static void main(String[] arguments) throws Exception {
    Work work = Work.valueOf(arguments[3]);
    DataDirectory directory = DataDirectory.open(Path.of(arguments[0]));
    NodeId self = directory.identity().id();
    List<Column> columns = new ArrayList<>(Columns.ALL);
    columns.addAll(RocksJournal.COLUMNS);
    RocksDatabase database = RocksDatabase.open(directory.database(), columns, ROCKS);
    RocksBlockStore store = RocksBlockStore.open(database, directory.segments(), STORE);
    Journal journal = RocksJournal.open(database);
    CellHeads heads =
        new CellHeads(
            JournalEngine.open(
                work == Work.UNSYNCED_COMMITS ? new DurabilityUnsyncedJournal(journal) : journal),
            self);
    DurabilityNode node = new DurabilityNode(store, heads, self, Integer.parseInt(arguments[2]));
    DurabilityCheck.run(store, heads, Path.of(arguments[1])).forEach(node::lose);
    node.print(READY);
    if (work == Work.NOTHING) {
      Runtime.getRuntime().halt(0);
    }
    node.work(work);
  }

  private void lose(String what) {
    print(LOST + what);
  }

  private void print(String line) {
    synchronized (acknowledged) {
      acknowledged.println(line);
      acknowledged.flush();
    }
  }

  private void work(Work work) throws Exception {
    if (work == Work.LARGE_BLOCKS) {
      start(() -> putForEver(LARGE, LARGE_BYTES, 0));
      start(() -> putForEver(LARGE, LARGE_BYTES, 1));
      return;
    }
    VolumeId volume = volume();
    start(() -> commitForEver(volume));
    if (work == Work.BLOCKS_AND_COMMITS) {
      start(() -> putForEver(LARGE, LARGE_BYTES, 0));
      for (int putter = 1; putter <= SMALL_PUTTERS; putter++) {
        long salt = putter;
        start(() -> putForEver(SMALL, SMALL_BYTES, salt));
      }
    }
  }

  /** Something that ends when the disk fails. */
  private interface Labour {
    void run() throws Exception;
  }

  private static void start(Labour labour) {
    Thread.ofPlatform()
        .start(
            () -> {
              try {
                labour.run();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
  }

  private void putForEver(String word, int bytes, long salt) throws Exception {
    Random random = new Random(31L * run + salt);
    while (true) {
      byte[] content = new byte[bytes];
      random.nextBytes(content);
      Cid cid = Cid.of(Codec.RAW, content);
      store.put(List.of(new Block(cid, content)), PUT);
      print(word + cid.key());
    }
  }

  private VolumeId volume() throws HeadException, InterruptedException, GeneralSecurityException {
    List<VolumeInfo> volumes = heads.list(TIMEOUT);
    if (!volumes.isEmpty()) {
      return volumes.getFirst().founding().volume();
    }
    KeyPair key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    byte[] x509 = key.getPublic().getEncoded();
    VolumeId volume =
        VolumeId.of(Arrays.copyOfRange(x509, x509.length - VolumeId.BYTES, x509.length));
    Founding founding = new Founding(volume, "v", List.of(self), 1, Instant.EPOCH, new byte[0]);
    heads.found(FoundingSignature.sign(founding, key.getPrivate()), TIMEOUT);
    return volume;
  }

  private void commitForEver(VolumeId volume) throws Exception {
    Head head = heads;
    if (run > 0) {
      head.close(volume, new SessionId(new UUID(0, run - 1)), TIMEOUT);
    }
    SessionId session = new SessionId(new UUID(0, run));
    head.open(volume, session, "test", TIMEOUT);
    for (long request = 1; ; request++) {
      String text = run + ":" + request;
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      Commit commit = new Commit(0, List.of(), List.of(), Usage.NONE, body);
      CommitOutcome outcome =
          head.commit(volume, session, request, request - 1, List.of(commit), TIMEOUT)
              .outcomes()
              .getFirst();
      if (!(outcome instanceof CommitOutcome.Committed)) {
        throw new IOException(text + ": " + outcome);
      }
      print(COMMIT + text);
    }
  }
}
