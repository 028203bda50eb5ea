package io.cairnfs.client.namespace;

import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.Head;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.News;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** A head behind a bad network: calls are late, and answers get lost. */
final class TroubledHead {

  /** A safeguard that is taken away, to see that a test notices. */
  enum Flaw {
    NONE,
    /** The head is not told what transactions have read. */
    NO_CONFLICT_CHECK,
    /** Sessions believe that everybody has taken what is committed. */
    ANSWER_BEFORE_RELEASE
  }

  private static final int LATEST_MILLIS = 4;
  private static final double LOST = 0.03;

  /** What a session repeats by itself; the rest is its head's affair. */
  private static final Set<String> REPEATED =
      Set.of("commit", "watch", "renew", "share", "claim", "close");

  private final Head head;
  private final Random random;
  private final Flaw flaw;

  private TroubledHead(Head head, long seed, Flaw flaw) {
    this.head = head;
    this.random = new Random(seed);
    this.flaw = flaw;
  }

  static Head of(Head head, long seed, Flaw flaw) {
    TroubledHead troubled = new TroubledHead(head, seed, flaw);
    return (Head)
        Proxy.newProxyInstance(
            Head.class.getClassLoader(),
            new Class<?>[] {Head.class},
            (proxy, method, arguments) -> troubled.call(method, arguments));
  }

  private Object call(Method method, Object[] arguments) throws Throwable {
    Thread.sleep(number(LATEST_MILLIS));
    if (flaw == Flaw.NO_CONFLICT_CHECK && method.getName().equals("commit")) {
      arguments[4] = ((List<?>) arguments[4]).stream().map(TroubledHead::withoutReads).toList();
    }
    Object answer;
    try {
      answer = method.invoke(head, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
    Thread.sleep(number(LATEST_MILLIS));
    if (REPEATED.contains(method.getName()) && number(1_000_000) < LOST * 1_000_000) {
      throw new HeadException(HeadException.Reason.UNAVAILABLE, "the answer got lost");
    }
    return flaw == Flaw.ANSWER_BEFORE_RELEASE && answer instanceof News news
        ? released(news)
        : answer;
  }

  private synchronized int number(int bound) {
    return random.nextInt(bound);
  }

  private static Commit withoutReads(Object commit) {
    Commit honest = (Commit) commit;
    return new Commit(
        honest.readVersion(), List.of(), honest.tokensWritten(), honest.usage(), honest.body());
  }

  private static News released(News news) {
    return new News(
        news.state(),
        news.deltas(),
        news.state().sequence(),
        news.recalled(),
        news.alone(),
        news.grantedLocks(),
        news.sessions(),
        news.version());
  }
}
