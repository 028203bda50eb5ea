package io.cairnfs.protocol.head;

import io.cairnfs.protocol.head.message.WatchReply;
import java.util.List;

/** Turns news into messages and back. */
public final class NewsMessages {

  private NewsMessages() {}

  /** Without the bodies of the deltas: see {@link DeltaMessages#joinBodies}. */
  public static WatchReply encode(News news) {
    WatchReply.Builder reply =
        WatchReply.newBuilder()
            .setState(HeadMessages.encode(news.state()))
            .setDeltas(DeltaMessages.encode(news.deltas()))
            .setReleased(news.released())
            .setRecalled(news.recalled())
            .setAlone(news.alone())
            .addAllGrantedLock(news.grantedLocks())
            .setVersion(news.version());
    news.sessions().forEach(session -> reply.addSession(HeadMessages.encode(session)));
    return reply.build();
  }

  /**
   * @param after the sequence before the first delta
   * @throws IllegalArgumentException if it is not what was asked for, or not well formed
   */
  public static News decode(WatchReply reply, List<byte[]> bodies, long after) {
    return new News(
        HeadMessages.decode(reply.getState()),
        DeltaMessages.decode(reply.getDeltas(), bodies, after),
        reply.getReleased(),
        reply.getRecalled(),
        reply.getAlone(),
        reply.getGrantedLockList(),
        reply.getSessionList().stream().map(HeadMessages::decodeSession).toList(),
        reply.getVersion());
  }
}
