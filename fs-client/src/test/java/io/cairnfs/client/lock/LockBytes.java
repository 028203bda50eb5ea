package io.cairnfs.client.lock;

import io.cairnfs.protocol.head.LockKind;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.VolumeLock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model of locks that knows for each byte who has it, and who waits in which order. Those who
 * wait differ in their process.
 */
final class LockBytes {

  static final int BYTES = 12;

  private record Place(long inode, LockKind kind, long at) {}

  private record Owner(SessionId session, long number) {

    static Owner of(VolumeLock lock) {
      return new Owner(lock.session(), lock.owner());
    }
  }

  private final Map<Place, Map<Owner, Boolean>> bytes = new HashMap<>();
  private final List<VolumeLock> waiting = new ArrayList<>();

  private List<Map<Owner, Boolean>> bytes(VolumeLock range) {
    List<Map<Owner, Boolean>> all = new ArrayList<>();
    for (long at = range.start(); at <= Math.min(range.end(), BYTES - 1); at++) {
      Place place = new Place(range.inode(), range.kind(), at);
      all.add(bytes.computeIfAbsent(place, _ -> new HashMap<>()));
    }
    return all;
  }

  private Set<Owner> obstacles(VolumeLock wanted) {
    Set<Owner> owners = new HashSet<>();
    for (Map<Owner, Boolean> at : bytes(wanted)) {
      at.forEach(
          (owner, write) -> {
            if (!owner.equals(Owner.of(wanted)) && (write || wanted.write())) {
              owners.add(owner);
            }
          });
    }
    return owners;
  }

  boolean isFree(VolumeLock wanted) {
    return obstacles(wanted).isEmpty();
  }

  boolean wouldDeadlock(VolumeLock wanted) {
    return wanted.kind() == LockKind.POSIX
        && obstacles(wanted).stream()
            .anyMatch(owner -> reaches(owner, Owner.of(wanted), new HashSet<>()));
  }

  private boolean reaches(Owner from, Owner to, Set<Owner> seen) {
    return from.equals(to)
        || (seen.add(from)
            && waiting.stream()
                .filter(wait -> wait.kind() == LockKind.POSIX && Owner.of(wait).equals(from))
                .flatMap(wait -> obstacles(wait).stream())
                .anyMatch(next -> reaches(next, to, seen)));
  }

  /** Takes a lock; gives those that wait and have theirs now. */
  List<VolumeLock> lock(VolumeLock lock) {
    bytes(lock).forEach(at -> at.put(Owner.of(lock), lock.write()));
    return grant();
  }

  List<VolumeLock> unlock(VolumeLock range) {
    bytes(range).forEach(at -> at.remove(Owner.of(range)));
    return grant();
  }

  void await(VolumeLock wanted) {
    waiting.add(wanted);
  }

  void withdraw(VolumeLock wanted) {
    waiting.remove(wanted);
  }

  /** A session is gone. */
  List<VolumeLock> end(SessionId session) {
    waiting.removeIf(wait -> wait.session().equals(session));
    bytes.values().forEach(at -> at.keySet().removeIf(owner -> owner.session().equals(session)));
    return grant();
  }

  private List<VolumeLock> grant() {
    List<VolumeLock> granted = new ArrayList<>();
    boolean more = true;
    while (more) {
      more = false;
      for (VolumeLock wait : List.copyOf(waiting)) {
        if (isFree(wait)) {
          withdraw(wait);
          bytes(wait).forEach(at -> at.put(Owner.of(wait), wait.write()));
          granted.add(wait);
          more = true;
        }
      }
    }
    return granted;
  }
}
