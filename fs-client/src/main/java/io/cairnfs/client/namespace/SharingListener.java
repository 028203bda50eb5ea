package io.cairnfs.client.namespace;

import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.VolumeLock;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * What the user of a session does when others come and go, and hears of what they do. Called by one
 * thread of the session, in order. Nothing here may wait for a lock that an operation holds while
 * it waits for the session, in this process or in the kernel.
 */
public interface SharingListener {

  /** Hears nothing, and has nothing. */
  SharingListener NONE = new SharingListener() {};

  /**
   * Another session wants in: what it must find is brought into the namespace now. Operations go on
   * as ever.
   */
  default void recalled() throws InterruptedException {}

  /**
   * The mode is about to change, and no update is let in: nothing more is decided about locks until
   * {@link #resume}, and no kernel keeps names from here on.
   *
   * @return the locks that are held, which do not exclude each other
   */
  default List<VolumeLock> suspend() throws InterruptedException {
    return List.of();
  }

  /**
   * The mode has changed, or not.
   *
   * @param exclusive whether locks are this session's own affair, held ones and waits for them too;
   *     else they are the head's
   */
  default void resume(boolean exclusive) {}

  /**
   * Requests for locks that waited have them; told again until they are settled.
   *
   * @param sequence the volume's, when they had them or later
   */
  default void locksGranted(Collection<Long> numbers, long sequence) {}

  /** The sessions that live. Told before what they did. */
  default void sessions(Set<SessionId> living) {}

  /**
   * The view has another session's changes: whoever reads from now on sees them, which the head
   * hears when this returns.
   *
   * @return inodes that are open here: those of the orphans, or all where everything may have
   *     changed
   */
  default Set<Long> taken(TakenChanges changes) {
    return Set.of();
  }
}
