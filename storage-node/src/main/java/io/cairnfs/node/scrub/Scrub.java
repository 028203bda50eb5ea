package io.cairnfs.node.scrub;

import io.cairnfs.node.config.ScrubSettings;
import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.ScrubPage;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.node.store.StoreFigures;
import io.cairnfs.node.worker.Tally;
import io.cairnfs.node.worker.Throttle;
import io.cairnfs.node.worker.Worker;
import io.cairnfs.protocol.identity.Key256;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads every block again within a period, and has those that are damaged put into quarantine, from
 * where repair takes them. A pass begins when a period has gone since the one before began, and
 * goes on after restarts where it was. It reads as slowly as ends it in half a period, within a
 * budget.
 */
public final class Scrub implements Worker {

  private static final Logger LOG = LoggerFactory.getLogger(Scrub.class);

  private static final String NOTE = "scrub";

  /** A unit of work: some milliseconds of reading. */
  private static final int PAGE_BLOCKS = 128;

  private static final long PAGE_BYTES = 4L << 20;

  /** So much could be read while a block is looked for: else many small ones would cost nothing. */
  private static final long SEEK_BYTES = 16 << 10;

  /** A pass over little need not take a week: this is little for any disk. */
  private static final long MIN_RATE = 1L << 20;

  /** A pass has the other half for what comes between. */
  private static final int SHARE_OF_PERIOD = 2;

  /** The place is kept so often: what a crash makes it read twice is a few percent of nothing. */
  private static final Duration KEEP_INTERVAL = Duration.ofSeconds(10);

  private static final Duration WHEN_IDLE = Duration.ofMinutes(1);

  /** A pass that is late by a whole period is worth an operator's attention. */
  private static final int PERIODS_UNTIL_LATE = 2;

  private final BlockStore store;
  private final ScrubSettings settings;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Throttle throttle;
  private long keptNanos;
  private volatile ScrubRecord record;

  /** Goes on where the store says that scrubbing was. */
  public Scrub(BlockStore store, ScrubSettings settings)
      throws StoreException, InterruptedException {
    this(store, settings, InstantSource.system(), System::nanoTime);
  }

  /**
   * @param nanoTime as {@link System#nanoTime}
   */
  Scrub(BlockStore store, ScrubSettings settings, InstantSource clock, LongSupplier nanoTime)
      throws StoreException, InterruptedException {
    this.store = store;
    this.settings = settings;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.throttle = new Throttle(pace(store.figures(), settings), nanoTime);
    this.keptNanos = nanoTime.getAsLong();
    byte[] note = store.note(NOTE);
    this.record = note == null ? ScrubRecord.begin(clock.millis()) : ScrubRecord.decode(note);
  }

  @Override
  public String name() {
    return "scrub";
  }

  @Override
  public Throttle throttle() {
    return throttle;
  }

  @Override
  public Tally tally() {
    ScrubRecord now = record;
    double rest = now.running() ? 1 - position(now.cursor()) : 0;
    return Tally.bytes(throttle.spentBytes(), (long) (rest * store.figures().bytes()));
  }

  @Override
  public String progress() {
    ScrubRecord now = record;
    String pass =
        String.format(
            Locale.ROOT, "%d blocks read, %d damaged", now.pass().blocks(), now.pass().damaged());
    if (now.running()) {
      return String.format(Locale.ROOT, "%.0f %%, %s", 100 * position(now.cursor()), pass);
    }
    return pass + " in the pass that ended " + Instant.ofEpochMilli(now.completeMillis());
  }

  @Override
  public Duration work() throws StoreException, InterruptedException {
    ScrubRecord now = record;
    long millis = clock.millis();
    if (!now.running()) {
      Duration wait = untilNext(now, millis);
      if (wait.isPositive()) {
        return wait.compareTo(WHEN_IDLE) < 0 ? wait : WHEN_IDLE;
      }
      now = now.nextPass(millis);
    }
    throttle.pace(pace(store.figures(), settings));
    ScrubPage page = store.scrub(now.cursor(), PAGE_BLOCKS, PAGE_BYTES);
    throttle.spend(page.bytes());
    throttle.charge(SEEK_BYTES * page.blocks());
    ScrubRecord.Pass pass = now.pass().plus(page.blocks(), page.bytes(), page.damaged());
    Key256 through = page.through();
    if (through == null) {
      record = now.ended(pass, millis);
      keep();
      LOG.info("Every block was read again: {} of them, {} damaged", pass.blocks(), pass.damaged());
    } else {
      record = now.through(through, pass);
      keepNowAndThen();
    }
    return Duration.ZERO;
  }

  /** A clock that was put back begins a pass, rather than waiting for its time to come again. */
  private Duration untilNext(ScrubRecord last, long millis) {
    long since = millis - last.pass().startMillis();
    return since < 0 ? Duration.ZERO : settings.period().minusMillis(since);
  }

  private static long pace(StoreFigures held, ScrubSettings settings) {
    long cost = held.bytes() + SEEK_BYTES * held.blocks();
    long seconds = Math.max(1, settings.period().toSeconds() / SHARE_OF_PERIOD);
    return Math.clamp(
        cost / seconds, Math.min(MIN_RATE, settings.budgetBytes()), settings.budgetBytes());
  }

  private void keepNowAndThen() throws StoreException, InterruptedException {
    if (nanoTime.getAsLong() - keptNanos >= KEEP_INTERVAL.toNanos()) {
      keep();
    }
  }

  private void keep() throws StoreException, InterruptedException {
    store.keepNote(NOTE, record.encode());
    keptNanos = nanoTime.getAsLong();
  }

  /** Which share of all digests is up to one. */
  private static double position(@Nullable Key256 cursor) {
    if (cursor == null) {
      return 0;
    }
    long first = ByteBuffer.wrap(cursor.toBytes()).getLong();
    return (first >>> 1) / (double) Long.MAX_VALUE;
  }

  /** What operators see. Thread-safe. */
  public ScrubFigures figures() {
    ScrubRecord now = record;
    Duration silence =
        Duration.ofMillis(clock.millis() - Math.max(now.completeMillis(), now.firstMillis()));
    boolean late = silence.compareTo(settings.period().multipliedBy(PERIODS_UNTIL_LATE)) > 0;
    return new ScrubFigures(
        settings.period(),
        now.running(),
        now.running() ? position(now.cursor()) : 1,
        figures(now.pass()),
        now.completeMillis() == 0 ? null : Instant.ofEpochMilli(now.completeMillis()),
        figures(now.complete()),
        late);
  }

  private static ScrubFigures.Pass figures(ScrubRecord.Pass pass) {
    return new ScrubFigures.Pass(
        Instant.ofEpochMilli(pass.startMillis()), pass.blocks(), pass.bytes(), pass.damaged());
  }
}
