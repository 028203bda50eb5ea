package io.cairnfs.protocol.head;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot to be made.
 *
 * @param name see {@link SnapshotName}
 * @param request names this wish, so that repeating it makes no second one
 * @param automatic whether a schedule wants it
 * @param created when, if it is a copy of one that was made elsewhere; null for now
 */
public record NewSnapshot(String name, UUID request, boolean automatic, @Nullable Instant created) {

  public NewSnapshot {
    SnapshotName.require(name);
  }

  /** One that a person wants, now. */
  public static NewSnapshot named(String name) {
    return new NewSnapshot(name, UUID.randomUUID(), false, null);
  }

  /** One that a schedule wants, now. */
  public static NewSnapshot scheduled(String name) {
    return new NewSnapshot(name, UUID.randomUUID(), true, null);
  }

  /** The copy of one that was made elsewhere. */
  public static NewSnapshot copied(String name, Instant created) {
    return new NewSnapshot(name, UUID.randomUUID(), false, created);
  }
}
