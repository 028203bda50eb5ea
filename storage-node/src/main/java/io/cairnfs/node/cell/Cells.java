package io.cairnfs.node.cell;

import com.google.protobuf.ByteString;
import io.cairnfs.node.head.CellHeads;
import io.cairnfs.node.head.CellSnapshots;
import io.cairnfs.node.head.FoundingPlace;
import io.cairnfs.node.head.HeadEngine;
import io.cairnfs.node.head.Hosted;
import io.cairnfs.node.head.HostedHeads;
import io.cairnfs.node.head.RocksBodies;
import io.cairnfs.node.head.machine.Residence;
import io.cairnfs.node.head.raft.PeerFinder;
import io.cairnfs.node.head.raft.RaftVoter;
import io.cairnfs.node.head.raft.VoterTiming;
import io.cairnfs.protocol.cell.CellId;
import io.cairnfs.protocol.cell.CellLimits;
import io.cairnfs.protocol.cell.CellRecord;
import io.cairnfs.protocol.cell.message.CellHistory;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.VolumeInfo;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The heads of a node that votes in cells: those of the cells, and those that it hosts alone.
 * Thread-safe.
 */
public final class Cells implements HostedHeads, AutoCloseable {

  private final Hosted alone;
  private final RaftVoter voter;
  private final CellFile file;
  private final Map<CellId, HostedCell> cells = new ConcurrentHashMap<>();

  /** Whether the cells that this node was in are there. */
  private volatile boolean started;

  private Cells(Hosted alone, RaftVoter voter, CellFile file) {
    this.alone = alone;
    this.voter = voter;
    this.file = file;
  }

  /**
   * Prepares the cells that this node is in; {@link #start} lets it take part.
   *
   * @param directory of the cells, made if it is missing
   * @param alone the heads of which this node is the only voter
   * @param transport not listening yet
   */
  public static Cells open(
      Path directory,
      Hosted alone,
      Transport transport,
      PeerFinder peers,
      Supplier<RocksBodies> bodies)
      throws IOException {
    Files.createDirectories(directory);
    RaftVoter voter =
        RaftVoter.open(directory.resolve("log"), transport, peers, bodies, VoterTiming.DEFAULT);
    return new Cells(alone, voter, new CellFile(directory));
  }

  /** Takes part in the cells, once others can be reached. */
  public synchronized void start() throws IOException {
    voter.start();
    for (CellId cell : file.list()) {
      CellHistory history = file.read(cell);
      // A crash may have come between the file and the log.
      host(cell, history, founders(history));
    }
    started = true;
  }

  private static List<NodeId> founders(CellHistory founding) {
    return founding.getMembershipCount() == 0
        ? List.of()
        : founding.getMembership(0).getMemberList().stream()
            .map(key -> NodeId.ofPublicKey(key.toByteArray()))
            .toList();
  }

  /**
   * Enters a cell; nothing happens if this node is in it.
   *
   * @param founding of a new cell; empty for one whose leader is about to take this node in
   * @return the cell, or null if this node is in as many as it may
   */
  synchronized @Nullable HostedCell join(CellId cell, CellHistory founding) throws IOException {
    HostedCell existing = cells.get(cell);
    if (existing != null) {
      return existing;
    }
    if (cells.size() >= CellLimits.MAX_CELLS_PER_NODE) {
      return null;
    }
    file.write(cell, founding.toByteString());
    return host(cell, founding, founders(founding));
  }

  private HostedCell host(CellId cell, CellHistory history, List<NodeId> founders)
      throws IOException {
    HeadEngine engine = voter.join(cell, founders);
    FoundingPlace place = FoundingPlace.of(cell);
    CellSnapshots snapshots = new CellSnapshots(engine, place, InstantSource.system());
    HostedCell hosted =
        new HostedCell(
            cell,
            new Hosted(new CellHeads(engine, place), snapshots),
            history,
            recordOrNull(history));
    cells.put(cell, hosted);
    return hosted;
  }

  private static @Nullable CellRecord recordOrNull(CellHistory history) {
    try {
      return CellRecord.of(history);
    } catch (IllegalArgumentException e) {
      return null; // not all signatures are there yet
    }
  }

  /** Remembers a record that is at least as new as the one that is known. */
  synchronized void learn(HostedCell cell, CellRecord record) throws IOException {
    CellRecord known = cell.record();
    if (cells.containsValue(cell) && (known == null || known.epoch() < record.epoch())) {
      file.write(cell.id(), record.encode());
      cell.setRecord(record);
    }
  }

  /** Leaves a cell that does not need this node. */
  synchronized void leave(HostedCell cell) throws IOException {
    if (cells.remove(cell.id(), cell)) {
      cell.hosted().heads().close();
      voter.leave(cell.id());
      file.delete(cell.id());
    }
  }

  /** In how many cells this node is. */
  public int votes() {
    return cells.size();
  }

  Collection<HostedCell> hosted() {
    return List.copyOf(cells.values());
  }

  @Nullable HostedCell get(CellId cell) {
    return cells.get(cell);
  }

  RaftVoter voter() {
    return voter;
  }

  @Override
  public Collection<Hosted> all() {
    List<Hosted> all = new ArrayList<>();
    all.add(alone);
    cells.values().forEach(cell -> all.add(cell.hosted()));
    return all;
  }

  @Override
  public Hosted of(VolumeId volume) throws HeadException {
    boolean current = started; // read first: what is there then is asked
    Hosted best = null;
    Residence most = Residence.UNKNOWN;
    for (Hosted hosted : all()) {
      Residence residence = hosted.heads().engine().peek(machine -> machine.residence(volume));
      if (residence.compareTo(most) > 0) {
        most = residence;
        best = hosted;
      }
      current &= hosted.heads().engine().isCurrent();
    }
    if (best != null) {
      return best;
    }
    if (!current) {
      throw tooEarly();
    }
    return alone;
  }

  /**
   * A node that has just been started does not know all its volumes yet. That it knew of none would
   * be the end of a session whose only voter it is.
   */
  private static HeadException tooEarly() {
    return new HeadException(Reason.NOT_LEADER, "");
  }

  @Override
  public List<VolumeInfo> list(ByteString after, int count) throws HeadException {
    if (!started) {
      throw tooEarly();
    }
    return HostedHeads.super.list(after, count);
  }

  @Override
  public Hosted placeOf(Founding founding) throws HeadException {
    CellId id = founding.cell();
    if (id == null) {
      return alone;
    }
    boolean all = started;
    HostedCell cell = cells.get(id);
    if (cell == null && !all) {
      throw tooEarly();
    }
    if (cell == null) {
      // As a node that does not know a volume: others may be in the cell still.
      throw new HeadException(Reason.UNKNOWN_VOLUME, "this node is not in cell " + id);
    }
    return cell.hosted();
  }

  @Override
  public void close() throws IOException {
    cells.values().forEach(cell -> cell.hosted().heads().close());
    voter.close();
  }
}
