package io.cairnfs.node.cell;

import com.google.protobuf.MessageLite;
import io.cairnfs.dht.Locator;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.protocol.cell.CellId;
import io.cairnfs.protocol.cell.CellRecord;
import io.cairnfs.protocol.head.HeadErrors;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Method;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Asks the leaders of cells, from a node that may be in none of them. Thread-safe. */
final class CellCalls {

  private static final Duration FIND = Duration.ofSeconds(3);

  private static final Duration ATTEMPT = Duration.ofSeconds(3);

  private static final Duration PAUSE = Duration.ofMillis(100);

  private final Transport transport;
  private final Locator locator;
  private final CellDirectory directory;
  private final Map<CellId, NodeId> leaders = new ConcurrentHashMap<>();

  CellCalls(Transport transport, Locator locator, CellDirectory directory) {
    this.transport = transport;
    this.locator = locator;
    this.directory = directory;
  }

  /**
   * The voters of a cell.
   *
   * @throws HeadException {@code UNAVAILABLE} if its record is not found
   */
  List<NodeId> members(CellId cell) throws HeadException, InterruptedException {
    Optional<CellRecord> record = directory.find(cell, FIND);
    if (record.isEmpty()) {
      throw new HeadException(Reason.UNAVAILABLE, "the record of cell " + cell + " is not found");
    }
    return record.get().members();
  }

  /**
   * Calls the leader of a cell, again and again until the time is up.
   *
   * @throws HeadException as the leader refused, or {@code UNAVAILABLE}
   */
  <Q extends MessageLite, R extends MessageLite> Envelope<R> call(
      CellId cell, Method<Q, R> method, Envelope<Q> request, Duration timeout)
      throws HeadException, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    HeadException last;
    do {
      try {
        return ask(cell, method, request);
      } catch (HeadException e) {
        if (!mayAnswerLater(e)) {
          throw e;
        }
        last = e;
      }
      Thread.sleep(PAUSE);
    } while (System.nanoTime() < deadline);
    throw new HeadException(
        Reason.UNAVAILABLE, "cell " + cell + " does not answer: " + last.getMessage(), last);
  }

  /** Asks each voter once, who led last first. */
  private <Q extends MessageLite, R extends MessageLite> Envelope<R> ask(
      CellId cell, Method<Q, R> method, Envelope<Q> request)
      throws HeadException, InterruptedException {
    HeadException last = new HeadException(Reason.UNAVAILABLE, "no voter is known");
    NodeId leader = leaders.get(cell);
    List<NodeId> voters =
        members(cell).stream()
            .sorted((a, b) -> Boolean.compare(b.equals(leader), a.equals(leader)))
            .toList();
    for (NodeId voter : voters) {
      Peer peer = peer(voter);
      if (peer == null) {
        continue;
      }
      try {
        Envelope<R> reply = transport.request(peer, method, request, ATTEMPT);
        leaders.put(cell, voter);
        return reply;
      } catch (WireException e) {
        last = HeadErrors.fromWire(e);
        if (!mayAnswerLater(last)) {
          throw last;
        }
      }
    }
    throw last;
  }

  /** Also if this voter has left the cell. */
  private static boolean mayAnswerLater(HeadException e) {
    return switch (e.reason()) {
      case UNAVAILABLE, NOT_LEADER, UNKNOWN_VOLUME -> true;
      default -> false;
    };
  }

  private @Nullable Peer peer(NodeId node) {
    if (node.equals(transport.self())) {
      return new Peer(node, List.of());
    }
    return locator.known().stream()
        .filter(known -> known.id().equals(node))
        .findFirst()
        .map(NodeRecord::peer)
        .orElse(null);
  }
}
