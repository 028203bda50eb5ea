package io.cairnfs.protocol.head;

import io.cairnfs.protocol.head.message.DeltaRange;
import io.cairnfs.protocol.head.message.DeltasReply;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns pages of deltas into messages and back; their bodies travel beside them as one. */
public final class DeltaMessages {

  private DeltaMessages() {}

  public static DeltasReply encode(List<Delta> deltas) {
    if (deltas.isEmpty()) {
      return DeltasReply.getDefaultInstance();
    }
    DeltasReply.Builder reply =
        DeltasReply.newBuilder()
            .setFirstSequence(deltas.getFirst().sequence())
            .setFirstChain(HeadMessages.encode(deltas.getFirst().chain()))
            .setLastChain(HeadMessages.encode(deltas.getLast().chain()));
    @Nullable SessionId session = null;
    for (Delta delta : deltas) {
      if (!delta.session().equals(session)) {
        session = delta.session();
        reply.addRange(DeltaRange.newBuilder().setSession(HeadMessages.encode(session)));
      }
      reply.getRangeBuilder(reply.getRangeCount() - 1).addBodyLength(delta.body().length);
    }
    return reply.build();
  }

  /** The bodies of a page; none for an empty one. */
  public static List<byte[]> joinBodies(List<Delta> deltas) {
    if (deltas.isEmpty()) {
      return List.of();
    }
    ByteArrayOutputStream bodies = new ByteArrayOutputStream();
    deltas.forEach(delta -> bodies.writeBytes(delta.body()));
    return List.of(bodies.toByteArray());
  }

  /**
   * The deltas of a page, their chain checked from the first to the last.
   *
   * @param after the sequence before the first
   * @throws IllegalArgumentException if they are not what was asked for, or not well formed
   */
  public static List<Delta> decode(DeltasReply reply, List<byte[]> joined, long after) {
    if (reply.getRangeCount() == 0) {
      return List.of();
    }
    if (joined.size() != 1 || reply.getFirstSequence() != after + 1) {
      throw new IllegalArgumentException("it does not begin after " + after);
    }
    byte[] bodies = joined.getFirst();
    List<Delta> deltas = new ArrayList<>();
    ChainHash chain = HeadMessages.decodeChain(reply.getFirstChain());
    long sequence = reply.getFirstSequence();
    int offset = 0;
    for (DeltaRange range : reply.getRangeList()) {
      SessionId session = HeadMessages.decodeSession(range.getSession());
      for (int length : range.getBodyLengthList()) {
        if (length < 0 || length > bodies.length - offset) {
          throw new IllegalArgumentException("the bodies are shorter than their deltas say");
        }
        byte[] body = Arrays.copyOfRange(bodies, offset, offset + length);
        chain = deltas.isEmpty() ? chain : chain.next(sequence, session, body);
        deltas.add(new Delta(sequence, session, body, chain));
        sequence++;
        offset += length;
      }
    }
    if (!chain.equals(HeadMessages.decodeChain(reply.getLastChain()))) {
      throw new IllegalArgumentException("the deltas do not have the chain hash that they should");
    }
    return deltas;
  }
}
