package io.cairnfs.dht.core;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * One iterative search for the nodes closest to a target: ever closer nodes are asked for the
 * closest that they know, alpha at a time, until the closest of all have answered. With several
 * disjoint paths no node is asked by two of them, so that a lying node misleads one path only.
 * Pure: it says whom to ask, and is told what came back.
 */
final class Lookup {

  /** Ends a search that a liar leads on and on; far more than any honest one needs. */
  static final int MAX_MESSAGES = 512;

  /**
   * A node is asked again once: who is left out of a result for one lost message would lose its
   * share of the data.
   */
  private static final int ATTEMPTS = 2;

  /** A path keeps this many times the wanted number of candidates: room for those that fail. */
  private static final int CANDIDATES_PER_WANTED = 3;

  enum State {
    HEARD,
    ASKED,
    /** Asked, and not answered for a while: waited for, but no longer counted against alpha. */
    SLOW,
    ANSWERED,
    FAILED,
    /** Known to be down, and not asked. */
    SKIPPED,
    /** Asked by another path. */
    TAKEN
  }

  /** A node as one path sees it. */
  static final class Candidate {
    final NodeRecord node;
    final int path;
    final int depth;
    State state = State.HEARD;
    long askedMillis;
    int attempts;

    Candidate(NodeRecord node, int path, int depth) {
      this.node = node;
      this.path = path;
      this.depth = depth;
    }
  }

  /** What happens at the end. */
  @FunctionalInterface
  interface Continuation {
    void finished(LookupResult result, long nowMillis);
  }

  private final NodeId self;
  private final Key256 target;
  private final int width;
  private final int alpha;
  private final DhtTiming timing;
  private final Continuation continuation;

  /** Per path, closest first. */
  private final List<List<Candidate>> paths = new ArrayList<>();

  private final Set<NodeId> asked = new HashSet<>();

  /** Those of whom somebody told that they are down, by whoever saw them last. */
  private final Map<NodeId, RememberedNode> toldDown = new HashMap<>();

  private int messages;
  private boolean finished;

  /**
   * @param width how many nodes to find
   * @param seeds where to begin, closest first
   */
  Lookup(
      NodeId self,
      Key256 target,
      int width,
      DhtConfig config,
      List<NodeRecord> seeds,
      Continuation continuation) {
    this.self = self;
    this.target = target;
    this.width = width;
    this.alpha = config.alpha();
    this.timing = config.timing();
    this.continuation = continuation;
    for (int path = 0; path < config.paths(); path++) {
      paths.add(new ArrayList<>());
    }
    for (int i = 0; i < seeds.size(); i++) {
      hear(seeds.get(i), i % config.paths(), 1);
    }
  }

  Key256 target() {
    return target;
  }

  int width() {
    return width;
  }

  boolean isFinished() {
    return finished;
  }

  /**
   * Chooses whom to ask now, and marks them as asked.
   *
   * @param skip nodes that are known to be down
   */
  List<Candidate> nextToAsk(Predicate<NodeId> skip, long nowMillis) {
    List<Candidate> chosen = new ArrayList<>();
    for (List<Candidate> path : paths) {
      chooseInPath(path, skip, nowMillis, chosen);
    }
    return chosen;
  }

  private void chooseInPath(
      List<Candidate> path, Predicate<NodeId> skip, long nowMillis, List<Candidate> chosen) {
    long room = alpha - path.stream().filter(candidate -> candidate.state == State.ASKED).count();
    int considered = 0;
    for (Candidate candidate : path) {
      if (room <= 0 || considered == width || messages == MAX_MESSAGES) {
        return;
      }
      if (candidate.state == State.HEARD) {
        if (candidate.attempts == 0 && asked.contains(candidate.node.id())) {
          candidate.state = State.TAKEN;
        } else if (skip.test(candidate.node.id())) {
          candidate.state = State.SKIPPED;
        } else {
          candidate.state = State.ASKED;
          candidate.askedMillis = nowMillis;
          candidate.attempts++;
          asked.add(candidate.node.id());
          messages++;
          room--;
          chosen.add(candidate);
        }
      }
      switch (candidate.state) {
        case HEARD, ASKED, SLOW, ANSWERED -> considered++;
        case FAILED, SKIPPED, TAKEN -> {
          // The next one is asked in its place.
        }
      }
    }
  }

  /** A candidate answered with the nodes that it knows. */
  void answered(Candidate candidate, Response.Nodes nodes) {
    candidate.state = State.ANSWERED;
    for (NodeRecord node : nodes.closer()) {
      hear(node, candidate.path, candidate.depth + 1);
    }
    for (RememberedNode node : nodes.down()) {
      if (node.downMillis() < timing.graceMillis(node.record())) {
        toldDown.merge(
            node.record().id(), node, (a, b) -> a.downMillis() <= b.downMillis() ? a : b);
      }
    }
  }

  /** A candidate did not answer, or answered with nonsense. */
  void failed(Candidate candidate) {
    candidate.state = candidate.attempts < ATTEMPTS ? State.HEARD : State.FAILED;
  }

  /**
   * Stops counting requests against alpha that have been out since before a time. Returns whether
   * there were any.
   */
  boolean markSlow(long askedBeforeMillis) {
    boolean any = false;
    for (List<Candidate> path : paths) {
      for (Candidate candidate : path) {
        if (candidate.state == State.ASKED && candidate.askedMillis < askedBeforeMillis) {
          candidate.state = State.SLOW;
          any = true;
        }
      }
    }
    return any;
  }

  /** Whether the closest of every path have answered, so that nothing better is to be learnt. */
  boolean isExhausted() {
    return paths.stream().allMatch(this::isExhausted);
  }

  private boolean isExhausted(List<Candidate> path) {
    int considered = 0;
    for (Candidate candidate : path) {
      switch (candidate.state) {
        case ASKED, SLOW -> {
          return false;
        }
        case HEARD -> {
          if (messages < MAX_MESSAGES) {
            return false;
          }
        }
        case ANSWERED -> considered++;
        case FAILED, SKIPPED, TAKEN -> {
          // Counts neither for nor against.
        }
      }
      if (considered == width) {
        return true;
      }
    }
    return true;
  }

  /** Ends it; answers that come later change nothing. */
  void finish(long nowMillis) {
    finished = true;
    Map<NodeId, Candidate> answered = new HashMap<>();
    Map<NodeId, RememberedNode> down = new HashMap<>(toldDown);
    boolean undisturbed = messages < MAX_MESSAGES;
    for (List<Candidate> path : paths) {
      for (Candidate candidate : path) {
        NodeId id = candidate.node.id();
        if (candidate.state == State.ANSWERED) {
          answered.put(id, candidate);
        } else if (candidate.state == State.FAILED) {
          undisturbed = false;
          if (timing.graceMillis(candidate.node) > 0) {
            down.putIfAbsent(id, new RememberedNode(candidate.node, 0));
          }
        }
      }
    }
    down.keySet().removeAll(answered.keySet());
    down.remove(self);
    List<Candidate> closest = new ArrayList<>(answered.values());
    closest.sort((a, b) -> target.compareDistance(a.node.id().key(), b.node.id().key()));
    List<NodeRecord> nodes =
        closest.stream().limit(width).map(candidate -> candidate.node).toList();
    int hops = closest.isEmpty() ? 0 : closest.getFirst().depth;
    continuation.finished(
        new LookupResult(target, nodes, List.copyOf(down.values()), undisturbed, hops, messages),
        nowMillis);
  }

  private void hear(NodeRecord node, int pathIndex, int depth) {
    if (node.id().equals(self)) {
      return;
    }
    List<Candidate> path = paths.get(pathIndex);
    int low = 0;
    int high = path.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      int order = target.compareDistance(path.get(middle).node.id().key(), node.id().key());
      if (order == 0) {
        return;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    path.add(low, new Candidate(node, pathIndex, depth));
    trim(path);
  }

  private void trim(List<Candidate> path) {
    for (int i = path.size() - 1; i >= 0 && path.size() > width * CANDIDATES_PER_WANTED; i--) {
      State state = path.get(i).state;
      if (state != State.ASKED && state != State.SLOW) {
        path.remove(i);
      }
    }
  }
}
