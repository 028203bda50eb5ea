package io.cairnfs.node.head.machine;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.Quota;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.message.SessionSnapshot;
import io.cairnfs.protocol.head.message.VolumeSnapshot;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The sessions of one volume, those that are dead for ever, and which one may fold. */
final class Sessions {

  private final LinkedHashMap<SessionId, Session> living = new LinkedHashMap<>();
  private final LinkedHashSet<SessionId> dead = new LinkedHashSet<>();
  private @Nullable SessionId folder;

  /**
   * Opens a session, alone: those whose lease has lapsed make way.
   *
   * @param quota that it is told
   * @throws HeadException {@code FENCED} for a dead one; {@code HELD} while another's lease runs
   */
  Session open(SessionId id, String holder, Quota quota, long nowMillis) throws HeadException {
    Session session = living.get(id);
    if (session == null) {
      if (dead.contains(id)) {
        throw fenced(id);
      }
      for (Session other : living.values()) {
        if (!other.lapsed(nowMillis)) {
          throw new HeadException(
              Reason.HELD,
              "the volume is held by "
                  + other.holder()
                  + ", whose lease runs for "
                  + other.leftMillis(nowMillis)
                  + " ms unless it is renewed");
        }
      }
      for (SessionId lapsed : living.keySet().toArray(new SessionId[0])) {
        end(lapsed);
      }
      session = new Session(id, holder, true, quota);
      living.put(id, session);
    }
    session.renew(nowMillis);
    return session;
  }

  /**
   * @throws HeadException {@code FENCED} if it is not living
   */
  Session living(SessionId id) throws HeadException {
    Session session = living.get(id);
    if (session == null) {
      throw fenced(id);
    }
    return session;
  }

  List<SessionId> ids() {
    return List.copyOf(living.keySet());
  }

  /** Ends a session, even one that was never opened: its opening may still be under way. */
  void end(SessionId id) {
    living.remove(id);
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
    to.setFoldSession(folder == null ? ByteString.EMPTY : HeadMessages.encode(folder));
  }

  static Sessions load(VolumeSnapshot from) {
    Sessions sessions = new Sessions();
    for (SessionSnapshot saved : from.getSessionList()) {
      Session session = Session.load(saved);
      sessions.living.put(session.id(), session);
    }
    from.getDeadSessionList().forEach(id -> sessions.dead.add(HeadMessages.decodeSession(id)));
    sessions.folder =
        from.getFoldSession().isEmpty() ? null : HeadMessages.decodeSession(from.getFoldSession());
    return sessions;
  }

  private static HeadException fenced(SessionId id) {
    return new HeadException(Reason.FENCED, "session " + id + " is dead");
  }
}
