package io.cairnfs.client.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.cairnfs.protocol.cell.CellId;
import io.cairnfs.protocol.cell.CellMethods;
import io.cairnfs.protocol.cell.message.CellDescription;
import io.cairnfs.protocol.cell.message.FoundCellRequest;
import io.cairnfs.protocol.cell.message.ListCellsReply;
import io.cairnfs.protocol.cell.message.ListCellsRequest;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Method;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds cells for volumes. Thread-safe. */
final class CellSearch {

  private static final Logger LOG = LoggerFactory.getLogger(CellSearch.class);

  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  /** Nodes that have just been started form their cells in some seconds. */
  private static final Duration FORMING = Duration.ofSeconds(30);

  private static final Duration PAUSE = Duration.ofMillis(500);

  /** Many volumes are founded by what was heard once. */
  private static final Duration FRESH = Duration.ofSeconds(5);

  private record Heard(List<ListCellsReply> replies, long nanos) {}

  private final Cluster cluster;
  private @Nullable Heard heard;

  CellSearch(Cluster cluster) {
    this.cluster = cluster;
  }

  /**
   * The cell that is closest to a volume's place among those with room; waits for one where there
   * is a node that takes part in cells. Empty where there is none.
   */
  Optional<CellId> closest(Key256 place) throws InterruptedException {
    long start = System.nanoTime();
    while (true) {
      List<ListCellsReply> replies = recent();
      Optional<CellId> closest =
          cells(replies).stream()
              .filter(cell -> cell.getPublished() && cell.getHasRoom())
              .map(CellSearch::id)
              .min((a, b) -> place.compareDistance(a.key(), b.key()));
      boolean forming = replies.stream().anyMatch(ListCellsReply::getFormsCells);
      if (closest.isPresent() || !forming || isOver(start)) {
        return closest;
      }
      Thread.sleep(PAUSE);
    }
  }

  private synchronized List<ListCellsReply> recent() throws InterruptedException {
    Heard last = heard;
    if (last != null
        && System.nanoTime() - last.nanos() < FRESH.toNanos()
        && cells(last.replies()).stream().anyMatch(CellDescription::getPublished)) {
      return last.replies();
    }
    List<ListCellsReply> replies = ask();
    heard = new Heard(replies, System.nanoTime());
    return replies;
  }

  private static boolean isOver(long start) {
    return System.nanoTime() - start > FORMING.toNanos();
  }

  /**
   * The cell whose id begins so.
   *
   * @throws CommandException if there is none, or more than one
   */
  CellId named(String beginning) throws CommandException, InterruptedException {
    Set<CellId> cells = ids(cells(ask()));
    List<CellId> named =
        cells.stream().filter(cell -> cell.toString().startsWith(beginning)).toList();
    if (named.size() != 1) {
      throw new CommandException(
          (named.isEmpty() ? "no cell" : "more than one cell")
              + " whose id begins with '"
              + beginning
              + "' answers; there are "
              + cells);
    }
    return named.getFirst();
  }

  /**
   * The cell of these voters, founded if there is none.
   *
   * @param beginnings of their ids
   * @throws CommandException if they are not known, or do not found a cell
   */
  CellId ofNodes(List<String> beginnings)
      throws CommandException, IOException, InterruptedException {
    List<Cluster.Member> members = new ArrayList<>();
    for (String beginning : beginnings) {
      members.add(voter(beginning));
    }
    Set<NodeId> wanted = members.stream().map(Cluster.Member::id).collect(Collectors.toSet());
    Predicate<CellDescription> theirs = cell -> members(cell).equals(wanted);
    long start = System.nanoTime();
    while (!isOver(start)) {
      Optional<CellId> found =
          cells(ask()).stream()
              .filter(CellDescription::getPublished)
              .filter(theirs)
              .map(CellSearch::id)
              .findFirst();
      if (found.isPresent()) {
        return found.get();
      }
      Optional<CellId> founded = found(members);
      if (founded.isPresent()) {
        CellId its = founded.get();
        theirs = cell -> id(cell).equals(its); // its members may change at once
      }
      Thread.sleep(PAUSE);
    }
    throw new CommandException(
        "these nodes have founded no cell within " + FORMING.toSeconds() + " s: " + members);
  }

  /**
   * Asks nodes to found a cell; again, and it is the one that they have. Empty if that takes them
   * longer: then it is to be asked again.
   */
  private Optional<CellId> found(List<Cluster.Member> members)
      throws IOException, InterruptedException {
    FoundCellRequest.Builder request = FoundCellRequest.newBuilder();
    members.forEach(member -> request.addMember(ByteString.copyFrom(member.id().key().toBytes())));
    try {
      ByteString cell = request(members.getFirst(), CellMethods.FOUND, request.build()).getCell();
      return Optional.of(new CellId(Key256.of(cell.toByteArray())));
    } catch (WireException e) {
      if (e.error() == WireError.TIMEOUT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private Cluster.Member voter(String beginning) throws CommandException {
    List<Cluster.Member> all = cluster.voters();
    List<Cluster.Member> named =
        all.stream().filter(node -> node.id().toString().startsWith(beginning)).toList();
    if (named.size() != 1) {
      throw new CommandException(
          (named.isEmpty() ? "no node" : "more than one node")
              + " that votes has an id that begins with '"
              + beginning
              + "'; there are "
              + all);
    }
    return named.getFirst();
  }

  private static List<CellDescription> cells(List<ListCellsReply> replies) {
    return replies.stream().flatMap(reply -> reply.getCellList().stream()).toList();
  }

  private static Set<CellId> ids(List<CellDescription> cells) {
    return cells.stream().map(CellSearch::id).collect(Collectors.toSet());
  }

  private static CellId id(CellDescription cell) {
    return new CellId(Key256.of(cell.getCell().toByteArray()));
  }

  private static Set<NodeId> members(CellDescription cell) {
    return cell.getMemberList().stream()
        .map(member -> new NodeId(Key256.of(member.toByteArray())))
        .collect(Collectors.toSet());
  }

  private List<ListCellsReply> ask() throws InterruptedException {
    List<ListCellsReply> replies = new ArrayList<>();
    for (Cluster.Member voter : cluster.voters()) {
      if (voter.up() && voter.active()) {
        try {
          replies.add(request(voter, CellMethods.LIST, ListCellsRequest.getDefaultInstance()));
        } catch (WireException e) {
          LOG.debug("{} does not tell its cells: {}", voter, e.getMessage());
        }
      }
    }
    return replies;
  }

  private <Q extends MessageLite, R extends MessageLite> R request(
      Cluster.Member node, Method<Q, R> method, Q request)
      throws WireException, InterruptedException {
    return cluster
        .transport()
        .request(node.peer(), method, Envelope.of(request), TIMEOUT)
        .message();
  }
}
