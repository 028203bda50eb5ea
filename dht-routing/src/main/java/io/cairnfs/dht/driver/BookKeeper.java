package io.cairnfs.dht.driver;

import io.cairnfs.dht.core.Kademlia;
import io.cairnfs.dht.core.RememberedNode;
import io.cairnfs.dht.driver.AddressBook.Remembered;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Saves the address book when something changed, away from the thread of the core. */
final class BookKeeper {

  private static final Logger LOG = LoggerFactory.getLogger(BookKeeper.class);

  /** Changes of free space come often and may be lost. */
  private static final long PEERS_INTERVAL_MILLIS = 30_000;

  /** A value must not wait for long. */
  private static final long VALUES_INTERVAL_MILLIS = 500;

  private final AddressBook book;
  private final Object writing = new Object();
  private final AtomicReference<@Nullable Remembered> next = new AtomicReference<>();
  private long savedRevision;
  private long savedMillis;
  private boolean valuesChanged;

  BookKeeper(AddressBook book) {
    this.book = book;
  }

  /** A value came: on the thread of the core. */
  void valuesChanged() {
    valuesChanged = true;
  }

  /** After every step, on the thread of the core. */
  void stepped(Kademlia core, long nowMillis) {
    boolean due =
        (valuesChanged && nowMillis - savedMillis >= VALUES_INTERVAL_MILLIS)
            || (core.revision() != savedRevision
                && nowMillis - savedMillis >= PEERS_INTERVAL_MILLIS);
    if (!due) {
      return;
    }
    valuesChanged = false;
    savedMillis = nowMillis;
    savedRevision = core.revision();
    if (next.getAndSet(contents(core, nowMillis)) == null) {
      var unused = Thread.ofVirtual().name("dht-book").start(this::saveNext);
    }
  }

  static Remembered contents(Kademlia core, long nowMillis) {
    List<RememberedNode> nodes =
        core.peers(nowMillis).stream()
            .map(peer -> new RememberedNode(peer.record(), peer.downMillis()))
            .toList();
    return new Remembered(nodes, core.values());
  }

  private void saveNext() {
    synchronized (writing) {
      Remembered contents = next.getAndSet(null);
      if (contents != null) {
        save(contents);
      }
    }
  }

  /** Saves at the end, after whatever is being saved. */
  void saveLast(Remembered contents) {
    synchronized (writing) {
      next.set(null);
      save(contents);
    }
  }

  private void save(Remembered contents) {
    try {
      book.save(contents);
    } catch (IOException e) {
      LOG.error(
          "the address book cannot be saved; after a restart the node joins by its bootstrap"
              + " addresses",
          e);
    }
  }
}
