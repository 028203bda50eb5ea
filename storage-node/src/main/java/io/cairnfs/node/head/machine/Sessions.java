package io.cairnfs.node.head.machine;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.LockMessages;
import io.cairnfs.protocol.head.Quota;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.message.LockWaitSnapshot;
import io.cairnfs.protocol.head.message.SessionSnapshot;
import io.cairnfs.protocol.head.message.VolumeSnapshot;
import io.cairnfs.protocol.lock.LockTable;
import io.cairnfs.protocol.lock.LockWait;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The sessions of one volume, those that are dead for ever, and which one may fold. */
final class Sessions {

  private final LinkedHashMap<SessionId, Session> living = new LinkedHashMap<>();
  private final LinkedHashSet<SessionId> dead = new LinkedHashSet<>();
  private final LockTable locks = new LockTable();
  private @Nullable SessionId folder;

  /**
   * Opens a session: exclusive if there is no other one, shared if the others are. Those whose
   * lease has lapsed make way.
   *
   * @param alone whether it neither joins others nor lets others join
   * @param quota that it is told
   * @param sequence the volume's
   * @throws HeadException as {@link io.cairnfs.protocol.head.Head#open} says
   */
  Session open(
      SessionId id, String holder, boolean alone, Quota quota, long sequence, long nowMillis)
      throws HeadException {
    Session session = living.get(id);
    if (session != null) {
      session = living(id, nowMillis);
    } else {
      if (dead.contains(id)) {
        throw fenced(id);
      }
      endLapsed(null, nowMillis);
      makeRoom(alone, nowMillis);
      SessionMode mode = SessionMode.begin(alone, living.isEmpty(), sequence);
      session = Session.begin(id, holder, mode, quota);
      living.put(id, session);
    }
    session.renew(nowMillis);
    return session;
  }

  private void makeRoom(boolean alone, long nowMillis) throws HeadException {
    for (Session other : living.values()) {
      if (alone || other.mode().alone()) {
        throw new HeadException(
            Reason.HELD,
            "the volume is held by "
                + other.holder()
                + ", whose lease runs for "
                + other.leftMillis(nowMillis)
                + " ms unless it is renewed");
      }
      if (other.mode().exclusive()) {
        other.mode().recall(nowMillis);
        throw new HeadException(
            Reason.RECALLING,
            "the volume is held by " + other.holder() + ", who was asked to share");
      }
    }
    if (living.size() >= HeadLimits.MAX_SESSIONS) {
      throw new HeadException(
          Reason.REFUSED, "the volume has " + HeadLimits.MAX_SESSIONS + " sessions, and no room");
    }
  }

  /**
   * Ends every other session, and opens this one.
   *
   * @throws HeadException {@code FENCED} for a dead one, and nothing is changed
   */
  Session seize(SessionId id, String holder, Quota quota, long sequence, long nowMillis)
      throws HeadException {
    if (dead.contains(id)) {
      throw fenced(id);
    }
    for (SessionId other : ids()) {
      if (!other.equals(id)) {
        end(other);
      }
    }
    return open(id, holder, true, quota, sequence, nowMillis);
  }

  /**
   * The session that makes a request, which ends the others whose lease has lapsed.
   *
   * @throws HeadException {@code FENCED} if it is not living, or was expelled
   */
  Session living(SessionId id, long nowMillis) throws HeadException {
    Session session = living.get(id);
    if (session == null || session.mode().expelled()) {
      throw fenced(id);
    }
    endLapsed(id, nowMillis);
    return session;
  }

  private void endLapsed(@Nullable SessionId spared, long nowMillis) {
    for (Session session : List.copyOf(living.values())) {
      if (session.lapsed(nowMillis) && !session.id().equals(spared)) {
        end(session.id());
      }
    }
  }

  boolean isOnly(Session session) {
    return living.size() == 1 && living.containsKey(session.id());
  }

  LockTable locks() {
    return locks;
  }

  /** Those whose leases run. */
  List<SessionId> running(long nowMillis) {
    return living.values().stream()
        .filter(session -> !session.lapsed(nowMillis))
        .map(Session::id)
        .toList();
  }

  List<SessionId> ids() {
    return List.copyOf(living.keySet());
  }

  List<Sharing.Member> members() {
    return living.values().stream()
        .map(
            session ->
                new Sharing.Member(
                    session.id(),
                    session.mode().exclusive(),
                    session.mode().recalled(),
                    session.mode().joined(),
                    session.expiresMillis(),
                    session.locks().granted()))
        .toList();
  }

  /** Ends a session, even one that was never opened: its opening may still be under way. */
  void end(SessionId id) {
    living.remove(id);
    locks.end(id);
    if (id.equals(folder)) {
      folder = null;
    }
    dead.add(id);
    if (dead.size() > HeadLimits.DEAD_SESSIONS) {
      Iterator<SessionId> eldest = dead.iterator();
      eldest.next();
      eldest.remove();
    }
  }

  void raiseQuota(Quota quota) {
    living.values().forEach(session -> session.raiseQuota(quota));
  }

  void renewAll(long nowMillis) {
    living.values().forEach(session -> session.renew(nowMillis));
  }

  /** Times were another cell's: leases and the time to share begin anew. */
  void moved(long nowMillis) {
    renewAll(nowMillis);
    living.values().forEach(session -> session.mode().moved(nowMillis));
  }

  /** Gives the fold token to a session unless another one with a running lease has it. */
  boolean acquireFoldToken(Session session, long nowMillis) {
    Session holder = folder == null ? null : living.get(folder);
    if (holder == null || holder == session || holder.lapsed(nowMillis)) {
      folder = session.id();
      return true;
    }
    return false;
  }

  /** Who has the volume mounted, for people. */
  String holders(long nowMillis) {
    StringBuilder holders = new StringBuilder();
    for (Session session : living.values()) {
      if (!session.lapsed(nowMillis)) {
        holders.append(holders.isEmpty() ? "" : ", ").append(session.holder());
      }
    }
    return holders.toString();
  }

  void save(VolumeSnapshot.Builder to) {
    living.values().forEach(session -> to.addSession(session.save()));
    dead.forEach(id -> to.addDeadSession(HeadMessages.encode(id)));
    locks.held().forEach(lock -> to.addLock(LockMessages.encode(lock)));
    locks.waiting().forEach(wait -> to.addWaitingLock(LockRequests.save(wait)));
    to.setFoldSession(folder == null ? ByteString.EMPTY : HeadMessages.encode(folder));
  }

  static Sessions load(VolumeSnapshot from) {
    Sessions sessions = new Sessions();
    for (SessionSnapshot saved : from.getSessionList()) {
      Session session = Session.load(saved);
      sessions.living.put(session.id(), session);
    }
    sessions.loadLocks(from);
    from.getDeadSessionList().forEach(id -> sessions.dead.add(HeadMessages.decodeSession(id)));
    sessions.folder =
        from.getFoldSession().isEmpty() ? null : HeadMessages.decodeSession(from.getFoldSession());
    return sessions;
  }

  private void loadLocks(VolumeSnapshot from) {
    from.getLockList().forEach(lock -> locks.restore(LockMessages.decode(lock)));
    for (LockWaitSnapshot saved : from.getWaitingLockList()) {
      LockWait wait =
          new LockWait(LockMessages.decode(saved.getWanted()), saved.getNumber(), false);
      Session session = living.get(wait.wanted().session());
      if (session == null) {
        throw new IllegalArgumentException("a dead session waits for a lock");
      }
      session.locks().restore(wait);
      locks.await(wait);
    }
  }

  private static HeadException fenced(SessionId id) {
    return new HeadException(Reason.FENCED, "session " + id + " is dead");
  }
}
