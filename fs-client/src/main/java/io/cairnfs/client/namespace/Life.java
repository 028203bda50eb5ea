package io.cairnfs.client.namespace;

import io.cairnfs.protocol.head.HeadException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Whether a session lives. It dies once, and is never revived. Thread-safe. */
final class Life {

  private final AtomicReference<@Nullable NamespaceException> death = new AtomicReference<>();
  private final Consumer<NamespaceException> onDeath;
  private volatile boolean closed;

  /**
   * @param onDeath called once, with the reason, by whoever finds that the session is dead
   */
  Life(Consumer<NamespaceException> onDeath) {
    this.onDeath = onDeath;
  }

  /** Why the session is dead; null while it lives. */
  @Nullable NamespaceException death() {
    return death.get();
  }

  /** Whether it neither died nor was closed. */
  boolean isOn() {
    return !closed && death.get() == null;
  }

  boolean isClosed() {
    return closed;
  }

  /** Ends it in peace. */
  void close() {
    closed = true;
  }

  void die(NamespaceException reason) {
    if (!closed && death.compareAndSet(null, reason)) {
      onDeath.accept(reason);
    }
  }

  /** The failure of a head's request; the session dies of it if it was fenced. */
  NamespaceException ofHead(HeadException e) {
    NamespaceException reason = Failures.ofHead(e);
    if (reason.reason() == NamespaceException.Reason.FENCED) {
      die(reason);
    }
    return reason;
  }

  /** The failure of a fold, which another one may have overtaken. */
  NamespaceException ofFold(HeadException e) {
    return e.reason() == HeadException.Reason.OVERTAKEN
        ? new NamespaceException(
            NamespaceException.Reason.UNAVAILABLE, String.valueOf(e.getMessage()), e)
        : ofHead(e);
  }

  void throwIfOver() throws NamespaceException {
    NamespaceException reason = death.get();
    if (reason != null) {
      throw new NamespaceException(
          NamespaceException.Reason.FENCED, "the session is dead: " + reason.getMessage(), reason);
    }
    if (closed) {
      throw new NamespaceException(NamespaceException.Reason.FENCED, "the session is closed", null);
    }
  }
}
