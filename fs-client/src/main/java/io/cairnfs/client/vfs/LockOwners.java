package io.cairnfs.client.vfs;

import io.cairnfs.protocol.head.LockKind;
import java.util.HashSet;
import java.util.Set;

/**
 * Who has locked through an open file: its end gives back what belongs to it. A process is told by
 * {@link Vfs#flush} when it closes a descriptor; an open file description has nobody to tell.
 * Thread-safe.
 */
final class LockOwners {

  /** One of them. */
  record Owner(LockKind kind, long number) {}

  private Set<Owner> owners = Set.of();

  synchronized void add(Owner owner) {
    Set<Owner> more = new HashSet<>(owners);
    more.add(owner);
    owners = more;
  }

  synchronized void remove(Owner owner) {
    if (owners.contains(owner)) {
      Set<Owner> fewer = new HashSet<>(owners);
      fewer.remove(owner);
      owners = fewer;
    }
  }

  synchronized Set<Owner> all() {
    return owners;
  }
}
