package io.cairnfs.client.namespace;

import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.head.Delta;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.News;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.VolumeLock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens to the head, always: takes what others commit and says so, makes an exclusive session a
 * shared one when it is recalled, and a shared one exclusive when it is alone. The session's mode
 * is changed here only. On a thread of its own.
 */
final class Watcher {

  private static final Logger LOG = LoggerFactory.getLogger(Watcher.class);

  /** How long one question waits for news. */
  private static final Duration WAIT = Duration.ofSeconds(5);

  /** Who is alone for this long claims the volume, so that those who come and go cost little. */
  private static final Duration SOLITUDE = Duration.ofSeconds(1);

  /** Draining must leave time for more of what is asked for within the recall's deadline. */
  private static final Duration DRAIN_TIMEOUT = HeadLimits.RECALL_DEADLINE.dividedBy(2);

  private static final Duration RETRY_PAUSE = Duration.ofMillis(200);

  /** What is on its way when the volume is to be claimed has so long to come to its end. */
  private static final Duration IDLE_PATIENCE = Duration.ofSeconds(1);

  private final SessionParts parts;
  private final Thread thread;
  private volatile SharingListener listener = SharingListener.NONE;
  private Set<SessionId> sessions = Set.of();
  private long knownVersion;
  private long change;
  private long aloneSinceNanos;
  private boolean alone;

  Watcher(SessionParts parts) {
    this.parts = parts;
    thread = Thread.ofVirtual().name("watch").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Sets who hears of others, and tells what is known. */
  synchronized void setListener(SharingListener newListener) {
    listener = newListener;
    newListener.resume(parts.gate().mode() instanceof Exclusive);
    if (!sessions.isEmpty()) {
      newListener.sessions(sessions);
    }
  }

  /** Ends it, and waits for its end. */
  void end() throws InterruptedException {
    thread.interrupt();
    if (thread.getState() != Thread.State.NEW) {
      thread.join();
    }
  }

  void stop() {
    thread.interrupt();
  }

  private void run() {
    try {
      while (parts.life().isOn()) {
        try {
          listen();
        } catch (HeadException e) {
          if (e.reason() == HeadException.Reason.UNAVAILABLE) {
            LOG.debug("no news of the volume: {}", e.getMessage());
            Thread.sleep(RETRY_PAUSE);
          } else {
            throw parts.life().ofHead(e);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the session ends
    } catch (NamespaceException | RuntimeException e) {
      LOG.debug("the session cannot follow its volume", e);
      parts
          .life()
          .die(
              new NamespaceException(
                  NamespaceException.Reason.FENCED, String.valueOf(e.getMessage()), e));
    }
  }

  private void listen() throws HeadException, NamespaceException, InterruptedException {
    switch (parts.gate().mode()) {
      case Exclusive exclusive -> {
        News news = ask(0, WAIT);
        hear(news);
        if (news.recalled()) {
          share(exclusive);
        }
      }
      case Shared shared -> {
        hear(shared, ask(shared.progress().taken(), alone ? SOLITUDE : WAIT));
        if (alone && System.nanoTime() - aloneSinceNanos > SOLITUDE.toNanos()) {
          claim(shared);
        }
      }
    }
  }

  private News ask(long taken, Duration wait) throws HeadException, InterruptedException {
    News news = parts.head().watch(taken, knownVersion, wait);
    knownVersion = news.version();
    return news;
  }

  private void hear(News news) {
    Set<SessionId> living = new HashSet<>(news.sessions());
    if (!living.equals(sessions)) {
      tell(living);
    }
    if (!news.grantedLocks().isEmpty()) {
      listener.locksGranted(news.grantedLocks(), news.state().sequence());
    }
    if (news.alone() && !alone) {
      aloneSinceNanos = System.nanoTime();
    }
    alone = news.alone();
  }

  private synchronized void tell(Set<SessionId> living) {
    sessions = living;
    listener.sessions(living);
  }

  private void hear(Shared shared, News news) throws NamespaceException, InterruptedException {
    hear(news);
    shared.view().take(news, (delta, changes) -> took(shared, delta, changes));
    parts.lease().took(shared.progress().taken());
    shared.told(news.state());
    shared.progress().told(news.released());
  }

  /**
   * A delta is in the view, and the head hears of it by the next question. Whatever this session
   * wants to say before that is said here.
   */
  private void took(Shared shared, @Nullable Delta delta, TakenChanges changes)
      throws NamespaceException, InterruptedException {
    if (delta != null && delta.session().equals(parts.head().id())) {
      return;
    }
    for (long inode : shared.view().orphansOf(listener.taken(changes))) {
      shared.commits().commit(Entry.hold(inode, parts.head().id(), shared.progress().taken()));
    }
  }

  /** Makes an exclusive session a shared one; if it cannot be drained now, that is tried again. */
  private void share(Exclusive exclusive)
      throws HeadException, NamespaceException, InterruptedException {
    listener.recalled();
    parts.gate().shut();
    long sequence;
    try {
      sequence = Deadline.<Long, NamespaceException>await(DRAIN_TIMEOUT, exclusive::drain);
    } catch (NamespaceException e) {
      parts.gate().open(exclusive);
      LOG.warn("the volume cannot be shared yet: {}", e.getMessage());
      knownVersion = 0;
      Thread.sleep(RETRY_PAUSE);
      return;
    }
    List<VolumeLock> locks = listener.suspend();
    exclusive.endFolds();
    long number = ++change;
    untilAnswered(
        () -> {
          parts.head().share(number, locks, parts.options().timeout());
          return true;
        });
    exclusive.stop();
    Shared shared = new Shared(parts, sequence);
    shared.progress().told(sequence); // nobody else was there
    shared.start();
    change(shared, false);
    LOG.info("another mount wants in: the volume is shared from now on");
  }

  private synchronized void change(Mode next, boolean exclusive) {
    knownVersion = 0;
    alone = false;
    parts.gate().open(next);
    listener.resume(exclusive);
  }

  private interface Question<T> {
    T ask() throws HeadException, InterruptedException;
  }

  /** In between, nobody knows which mode the session is in. */
  private <T> T untilAnswered(Question<T> question) throws HeadException, InterruptedException {
    while (true) {
      try {
        return question.ask();
      } catch (HeadException e) {
        if (e.reason() != HeadException.Reason.UNAVAILABLE || !parts.life().isOn()) {
          throw e;
        }
      }
      Thread.sleep(RETRY_PAUSE);
    }
  }

  /** Makes a shared session that is alone the exclusive one, unless somebody came. */
  private void claim(Shared shared) throws HeadException, NamespaceException, InterruptedException {
    aloneSinceNanos = System.nanoTime();
    parts.gate().shut();
    if (!shared.commits().awaitIdle(IDLE_PATIENCE)) {
      parts.gate().open(shared);
      return;
    }
    News news;
    try {
      news = ask(shared.progress().taken(), Duration.ZERO);
    } catch (HeadException e) {
      parts.gate().open(shared);
      throw e;
    }
    hear(shared, news);
    long taken = shared.progress().taken();
    if (!alone || taken != news.state().sequence()) {
      parts.gate().open(shared);
      return;
    }
    List<VolumeLock> unused = listener.suspend();
    long number = ++change;
    if (untilAnswered(() -> parts.head().claim(number, taken, parts.options().timeout()))) {
      shared.end();
      Exclusive exclusive = new Exclusive(parts, taken, news.state().unfoldedBytes());
      parts.lease().took(Lease.EVERYTHING);
      exclusive.start();
      change(exclusive, true);
      LOG.info("no other mount is left: the volume is this one's alone");
    } else {
      change(shared, false);
    }
  }
}
