package io.cairnfs.node.head.raft;

import io.cairnfs.node.head.DeltaReader;
import io.cairnfs.node.head.GroupCommitter;
import io.cairnfs.node.head.HeadClock;
import io.cairnfs.node.head.HeadEngine;
import io.cairnfs.node.head.Listeners;
import io.cairnfs.node.head.Proposal;
import io.cairnfs.node.head.RocksBodies;
import io.cairnfs.node.head.machine.HeadResult;
import io.cairnfs.protocol.head.Delta;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.message.Command;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The engine of a cell with several voters, of whom this node is one. */
public final class RaftEngine implements HeadEngine {

  private static final Logger LOG = LoggerFactory.getLogger(RaftEngine.class);

  /** A new leader tries again to take over after so long, while it still leads. */
  private static final Duration TAKEOVER_PAUSE = Duration.ofMillis(50);

  private static final long SNAPSHOT_MILLIS = 60_000;

  private final RaftServer server;
  private final RaftGroupId cell;
  private final Listeners listeners = new Listeners();
  private final Lead lead = new Lead(this::leader);
  private final CellStateMachine machine;
  private final Proposals proposals;
  private final GroupCommitter committer;
  private final DeltaReader deltas;
  private final AtomicBoolean saving = new AtomicBoolean();

  /**
   * @param server outlives this; has, or is about to have, this cell
   * @param bodies where those of this cell's commits rest
   */
  RaftEngine(RaftServer server, RaftGroupId cell, RocksBodies bodies) {
    this.server = server;
    this.cell = cell;
    this.machine = new CellStateMachine(bodies, listeners, new CellEvents());
    this.proposals = new Proposals(server, cell, machine, lead);
    this.committer = new GroupCommitter(proposals);
    this.deltas = new DeltaReader(machine::peek, bodies);
  }

  CellStateMachine machine() {
    return machine;
  }

  private final class CellEvents implements CellStateMachine.Events {

    @Override
    public void ready() {
      var unused = Thread.ofVirtual().name("cell-takeover").start(RaftEngine.this::takeOver);
    }

    @Override
    public void lost() {
      if (lead.end()) {
        listeners.leads(false);
      }
    }

    @Override
    public void grown() {
      if (saving.compareAndSet(false, true)) {
        var unused = Thread.ofVirtual().name("cell-snapshot").start(RaftEngine.this::save);
      }
    }
  }

  /** Gives leases their full length, and only then begins to lead. */
  private void takeOver() {
    try {
      DivisionInfo info = info();
      while (info.isLeaderReady()) {
        Lead.Term term =
            new Lead.Term(
                info.getCurrentTerm(), new HeadClock(machine.nowMillis(), System::nanoTime));
        if (tryTakeOver(term)) {
          lead.begin(term);
          listeners.leads(true);
          // It may have been lost before it began.
          if (!info.isLeader() || info.getCurrentTerm() != term.number()) {
            new CellEvents().lost();
          }
          return;
        }
        Thread.sleep(TAKEOVER_PAUSE);
      }
    } catch (IOException e) {
      LOG.warn("cell {} cannot be led from here: {}", cell, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean tryTakeOver(Lead.Term term) throws InterruptedException {
    try {
      proposals.takeOver(term);
      return machine.leaderTerm() == term.number();
    } catch (HeadException e) {
      LOG.debug("cell {} was not taken over in term {}", cell, term.number(), e);
      return false;
    }
  }

  private void save() {
    try {
      server.snapshotManagement(
          SnapshotManagementRequest.newCreate(
              ClientId.randomId(), server.getId(), cell, 1, SNAPSHOT_MILLIS));
    } catch (IOException e) {
      LOG.warn("no snapshot of cell {} was made", cell, e);
    } finally {
      saving.set(false);
    }
  }

  private DivisionInfo info() throws IOException {
    return server.getDivision(cell).getInfo();
  }

  private String leader() {
    try {
      RaftPeerId leader = info().getLeaderId();
      return leader == null || leader.equals(server.getId()) ? "" : leader.toString();
    } catch (IOException e) {
      return ""; // it is shutting down
    }
  }

  @Override
  public HeadResult execute(Command.Builder command, byte[] bodies, Duration timeout)
      throws HeadException, InterruptedException {
    lead.require();
    return committer.execute(new Proposal(command, bodies), timeout);
  }

  @Override
  public <T> T read(Query<T> query, Duration timeout) throws HeadException, InterruptedException {
    lead.require();
    proposals.catchUp(timeout);
    return machine.peek(query);
  }

  @Override
  public <T> T peek(Query<T> query) throws HeadException {
    return machine.peek(query);
  }

  @Override
  public List<Delta> deltas(VolumeId volume, long after, Duration timeout)
      throws HeadException, InterruptedException {
    lead.require();
    return deltas.read(volume, after, timeout);
  }

  @Override
  public long nowMillis() {
    Lead.Term term = lead.term();
    return term != null ? term.clock().nowMillis() : machine.nowMillis();
  }

  @Override
  public boolean leads() {
    return lead.term() != null;
  }

  @Override
  public boolean isCurrent() {
    try {
      DivisionInfo info = info();
      return info.getLeaderId() != null && machine.isCurrent(info.getCurrentTerm());
    } catch (IOException e) {
      return false; // it is shutting down
    }
  }

  @Override
  public void requireLead() throws HeadException {
    lead.require();
  }

  @Override
  public void listen(Listener listener) {
    listeners.add(listener);
  }

  /** Fails what waits; the voter itself goes on until it leaves the cell or is closed. */
  @Override
  public void close() {
    committer.close();
    deltas.close();
  }
}
