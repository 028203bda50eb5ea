package io.cairnfs.node.head.machine;

import io.cairnfs.protocol.head.CommitOutcome;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.Quota;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.message.SessionSnapshot;
import java.util.ArrayDeque;
import java.util.List;

/**
 * A living session: its lease, its numbered requests and the results that it has not acknowledged.
 */
final class Session {

  private static final long TERM_MILLIS = HeadLimits.LEASE.plus(HeadLimits.LEASE_MARGIN).toMillis();

  private final SessionId id;
  private final String holder;
  private final SessionMode mode;
  private final LockRequests locks;
  private final ArrayDeque<CommitOutcome> results = new ArrayDeque<>();
  private Quota quota;
  private long expiresMillis;
  private long lastRequest;
  private long acknowledged;

  private Session(SessionId id, String holder, SessionMode mode, LockRequests locks, Quota quota) {
    this.quota = quota;
    this.id = id;
    this.holder = holder;
    this.mode = mode;
    this.locks = locks;
  }

  static Session begin(SessionId id, String holder, SessionMode mode, Quota quota) {
    return new Session(id, holder, mode, new LockRequests(id), quota);
  }

  SessionId id() {
    return id;
  }

  String holder() {
    return holder;
  }

  SessionMode mode() {
    return mode;
  }

  LockRequests locks() {
    return locks;
  }

  /** The greatest quota that it was told: what it took in under it must not be lost. */
  Quota quota() {
    return quota;
  }

  void raiseQuota(Quota told) {
    quota = quota.orElse(told);
  }

  void renew(long nowMillis) {
    expiresMillis = nowMillis + TERM_MILLIS;
  }

  /**
   * Time is cut to milliseconds, so that a lease has lapsed only once a whole one more has passed.
   */
  boolean lapsed(long nowMillis) {
    return nowMillis > expiresMillis;
  }

  long expiresMillis() {
    return expiresMillis;
  }

  long leftMillis(long nowMillis) {
    return Math.max(0, expiresMillis - nowMillis);
  }

  /**
   * How many of {@code count} requests beginning with {@code first} have results already.
   *
   * @throws HeadException {@code REFUSED} if the numbers leave a gap, were acknowledged, or are too
   *     many to remember
   */
  int repeated(long first, int count, long newlyAcknowledged) throws HeadException {
    if (first > lastRequest + 1) {
      throw refused("request " + first + " leaves a gap after " + lastRequest);
    }
    if (newlyAcknowledged > lastRequest) {
      throw refused(
          "request " + newlyAcknowledged + " is acknowledged, the last was " + lastRequest);
    }
    long forgotten = Math.max(acknowledged, newlyAcknowledged);
    if (first <= forgotten) {
      throw refused("request " + first + " was acknowledged through " + forgotten);
    }
    if (first + count - 1 - forgotten > HeadLimits.MAX_UNACKNOWLEDGED) {
      throw refused("too many results are not acknowledged");
    }
    return (int) Math.min(count, lastRequest - first + 1);
  }

  void acknowledge(long through) {
    for (; acknowledged < through; acknowledged++) {
      results.remove();
    }
  }

  List<CommitOutcome> stored(long first, int count) {
    return results.stream().skip(first - acknowledged - 1).limit(count).toList();
  }

  /** Stores the result of the next request. */
  void store(CommitOutcome outcome) {
    results.add(outcome);
    lastRequest++;
  }

  SessionSnapshot save() {
    SessionSnapshot.Builder to = SessionSnapshot.newBuilder();
    locks.save(to);
    return to.setSession(HeadMessages.encode(id))
        .setHolder(holder)
        .setExclusive(mode.exclusive())
        .setExpiresMillis(expiresMillis)
        .setLastRequest(lastRequest)
        .setAcknowledged(acknowledged)
        .addAllResult(HeadMessages.encode(results))
        .setQuota(HeadMessages.encode(quota))
        .setMode(mode.save())
        .build();
  }

  static Session load(SessionSnapshot from) {
    SessionId id = HeadMessages.decodeSession(from.getSession());
    Session session =
        new Session(
            id,
            from.getHolder(),
            SessionMode.load(from.getExclusive(), from.getMode()),
            LockRequests.load(id, from),
            HeadMessages.decode(from.getQuota()));
    session.expiresMillis = from.getExpiresMillis();
    session.lastRequest = from.getLastRequest();
    session.acknowledged = from.getAcknowledged();
    session.results.addAll(
        HeadMessages.decodeOutcomes(from.getResultList(), HeadLimits.MAX_UNACKNOWLEDGED));
    return session;
  }

  private static HeadException refused(String message) {
    return new HeadException(Reason.REFUSED, message);
  }
}
