package io.cairnfs.dht.core;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Peer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Ways into the network: configured addresses, and nodes that were known once. A node that is alone
 * tries them with back-off; one that is not tries one of them now and then, so that the halves of a
 * cluster that was cut for longer than the grace time find each other again.
 */
final class Seeds {

  /** Enough that one of them will be there. */
  private static final int MAX_FORMER = 64;

  /** How many are tried at once. */
  private static final int PER_ROUND = 8;

  /** The longest back-off, in probe intervals. */
  private static final int MAX_BACK_OFF = 5;

  /** How often one that is not alone tries, in probe intervals. */
  private static final int RARELY = 15;

  private final List<Peer> bootstrap;
  private final long probeIntervalMillis;
  private final Map<NodeId, Peer> former = new LinkedHashMap<>();
  private long backOffMillis;
  private long nextMillis;
  private int turn;

  Seeds(List<Peer> bootstrap, DhtTiming timing) {
    this.bootstrap = new ArrayList<>(bootstrap);
    this.probeIntervalMillis = timing.probeIntervalMillis();
    this.backOffMillis = probeIntervalMillis / 2;
  }

  void add(List<Peer> more) {
    bootstrap.addAll(more);
  }

  boolean isEmpty() {
    return bootstrap.isEmpty() && former.isEmpty();
  }

  /** A node left the table, and might return one day. */
  void keep(NodeRecord node) {
    former.remove(node.id());
    if (former.size() == MAX_FORMER) {
      former.remove(former.keySet().iterator().next());
    }
    former.put(node.id(), node.peer());
  }

  void drop(NodeId node) {
    former.remove(node);
  }

  /** Whom to try now. */
  List<Peer> due(boolean alone, long nowMillis) {
    if (!alone) {
      backOffMillis = probeIntervalMillis / 2;
    }
    if (nowMillis < nextMillis || isEmpty()) {
      return List.of();
    }
    List<Peer> all = new ArrayList<>(bootstrap);
    all.addAll(former.values());
    List<Peer> due = new ArrayList<>();
    int count = Math.min(all.size(), alone ? PER_ROUND : 1);
    for (int i = 0; i < count; i++) {
      due.add(all.get(Math.floorMod(turn++, all.size())));
    }
    nextMillis = nowMillis + (alone ? backOffMillis : RARELY * probeIntervalMillis);
    backOffMillis = Math.min(backOffMillis * 2, MAX_BACK_OFF * probeIntervalMillis);
    return due;
  }

  /** Tries again soon: the last contact went down. */
  void hurry(long nowMillis) {
    nextMillis = Math.min(nextMillis, nowMillis);
  }
}
