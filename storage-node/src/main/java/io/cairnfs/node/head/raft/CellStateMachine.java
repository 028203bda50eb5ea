package io.cairnfs.node.head.raft;

import com.google.protobuf.ByteString;
import io.cairnfs.node.data.DurableFile;
import io.cairnfs.node.head.HeadEngine;
import io.cairnfs.node.head.Listeners;
import io.cairnfs.node.head.LogGrowth;
import io.cairnfs.node.head.RocksBodies;
import io.cairnfs.node.head.RocksBodies.Body;
import io.cairnfs.node.head.machine.HeadMachine;
import io.cairnfs.node.head.machine.HeadResult;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.message.Command;
import io.cairnfs.protocol.head.message.CommandGroup;
import io.cairnfs.protocol.head.message.Takeover;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.ClientInvocationId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.MD5FileUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The heads of a cell as Ratis drives them: committed entries go to the machine, and their results
 * to who proposed them, if that was here. Ratis applies entries on one thread; the rest is
 * thread-safe.
 */
final class CellStateMachine extends BaseStateMachine {

  private static final Logger LOG = LoggerFactory.getLogger(CellStateMachine.class);
  private static final byte[] NO_BODIES = new byte[0];

  /** Hears what happens to a cell; must not wait. */
  interface Events {

    /** This voter leads, and has applied everything of earlier leaders. */
    void ready();

    /** It does not lead any more. */
    void lost();

    /** The log has grown enough for a snapshot. */
    void grown();
  }

  private final RocksBodies bodies;
  private final Listeners listeners;
  private final Events events;
  private final SimpleStateMachineStorage storage = new SimpleStateMachineStorage();
  private final LogGrowth growth = new LogGrowth();
  private final Map<ClientInvocationId, CompletableFuture<List<HeadResult>>> proposed =
      new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private HeadMachine machine = new HeadMachine();
  private long leaderTerm;

  /** Which the storage looks for on disk, each time, while there is none. */
  private volatile @Nullable SingleFileSnapshotInfo latest;

  CellStateMachine(RocksBodies bodies, Listeners listeners, Events events) {
    this.bodies = bodies;
    this.listeners = listeners;
    this.events = events;
  }

  @Override
  public void initialize(RaftServer server, RaftGroupId cell, RaftStorage raftStorage)
      throws IOException {
    super.initialize(server, cell, raftStorage);
    getLifeCycle()
        .startAndTransition(
            () -> {
              storage.init(raftStorage);
              load();
            },
            IOException.class);
  }

  /** A snapshot is about to come, in parts. */
  @Override
  public void pause() {
    if (getLifeCycleState() == LifeCycle.State.RUNNING) {
      getLifeCycle().transition(LifeCycle.State.PAUSING);
      getLifeCycle().transition(LifeCycle.State.PAUSED);
    }
  }

  /** A snapshot has come. */
  @Override
  public void reinitialize() throws IOException {
    getLifeCycle().transition(LifeCycle.State.STARTING);
    storage.loadLatestSnapshot();
    load();
    getLifeCycle().transition(LifeCycle.State.RUNNING);
  }

  private void load() throws IOException {
    SingleFileSnapshotInfo snapshot = storage.getLatestSnapshot();
    latest = snapshot;
    if (snapshot == null) {
      return;
    }
    Path file = snapshot.getFile().getPath();
    MD5FileUtil.verifySavedMD5(file.toFile(), MD5FileUtil.computeMd5ForFile(file.toFile()));
    SnapshotFile.State state = SnapshotFile.read(file, bodies);
    HeadMachine restored = HeadMachine.restore(state.records());
    lock.lock();
    try {
      machine = restored;
      leaderTerm = state.term();
    } finally {
      lock.unlock();
    }
    growth.saved(Files.size(file));
    setLastAppliedTermIndex(snapshot.getTermIndex());
    LOG.info("cell {}: heads restored up to command {}", getGroupId(), restored.index());
  }

  @Override
  public SimpleStateMachineStorage getStateMachineStorage() {
    return storage;
  }

  /** What an entry that this voter is about to propose will come to. */
  CompletableFuture<List<HeadResult>> expect(ClientInvocationId proposal) {
    CompletableFuture<List<HeadResult>> result = new CompletableFuture<>();
    proposed.put(proposal, result);
    return result;
  }

  /** Nobody waits any more. */
  void forget(ClientInvocationId proposal) {
    proposed.remove(proposal);
  }

  @Override
  public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
    LogEntryProto entry = transaction.getLogEntry();
    byte[] data = entry.getStateMachineLogEntry().getLogData().toByteArray();
    List<HeadResult> results;
    try {
      CommandGroup group = CommandGroup.parseFrom(data);
      results = group.getTerm() == entry.getTerm() ? apply(group) : refuse(group);
    } catch (IOException e) {
      // Ratis ends a voter whose state machine throws, as it must: it would differ from now on.
      LOG.error("cell {} is not voted in any more until the node is restarted", getGroupId(), e);
      throw new UncheckedIOException(
          "entry " + entry.getIndex() + " of cell " + getGroupId() + " cannot be applied", e);
    }
    updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
    CompletableFuture<List<HeadResult>> waiting =
        proposed.remove(ClientInvocationId.valueOf(entry.getStateMachineLogEntry()));
    if (waiting != null) {
      waiting.complete(results);
    }
    growth.grew(results.size(), data.length);
    if (growth.isDue()) {
      events.grown();
    }
    return CompletableFuture.completedFuture(Message.EMPTY);
  }

  private List<HeadResult> apply(CommandGroup group) throws IOException {
    boolean takesOver = group.getTerm() != leaderTerm;
    putBodies(group, machine.index() + (takesOver ? 2 : 1));
    List<HeadResult> results = new ArrayList<>(group.getCommandCount());
    lock.lock();
    try {
      if (takesOver) {
        leaderTerm = group.getTerm();
        Command takeover =
            Command.newBuilder()
                .setNowMillis(group.getNowMillis())
                .setTakeover(Takeover.getDefaultInstance())
                .build();
        machine.apply(machine.index() + 1, takeover, NO_BODIES);
      }
      for (int i = 0; i < group.getCommandCount(); i++) {
        byte[] joined = group.getBodies(i).toByteArray();
        results.add(machine.apply(machine.index() + 1, group.getCommand(i), joined));
      }
    } finally {
      lock.unlock();
    }
    listeners.applied(group.getCommandList());
    return results;
  }

  private void putBodies(CommandGroup group, long firstIndex) throws IOException {
    List<Body> added = new ArrayList<>();
    for (int i = 0; i < group.getCommandCount(); i++) {
      if (!group.getBodies(i).isEmpty()) {
        Command command = group.getCommand(i);
        ByteString volume = HeadMachine.volumeOf(command).orElseThrow();
        added.add(
            new Body(
                HeadMessages.decodeVolume(volume),
                machine.bodyIndex(command, firstIndex + i),
                group.getBodies(i).toByteArray()));
      }
    }
    if (!added.isEmpty()) {
      bodies.put(added);
    }
  }

  private static List<HeadResult> refuse(CommandGroup group) {
    HeadResult refused =
        new HeadResult.Refused(
            HeadException.Reason.UNAVAILABLE, "the leader changed before it was committed");
    return group.getCommandList().stream().map(command -> refused).toList();
  }

  /** Asked for before every message to another voter. */
  @Override
  public @Nullable SnapshotInfo getLatestSnapshot() {
    return latest;
  }

  @Override
  public long takeSnapshot() throws IOException {
    TermIndex last = getLastAppliedTermIndex();
    Map<VolumeId, Long> oldest = machine.oldestBodies();
    File file = storage.getSnapshotFile(last.getTerm(), last.getIndex());
    Path temporary = file.toPath().resolveSibling(file.getName() + ".new");
    long size =
        SnapshotFile.write(
            temporary, new SnapshotFile.State(leaderTerm, machine.snapshot()), bodies, oldest);
    MD5Hash digest = MD5FileUtil.computeMd5ForFile(temporary.toFile());
    MD5FileUtil.saveMD5File(file, digest);
    Files.move(temporary, file.toPath(), StandardCopyOption.ATOMIC_MOVE);
    DurableFile.syncParent(file.toPath());
    latest =
        new SingleFileSnapshotInfo(
            new FileInfo(file.toPath(), digest), last.getTerm(), last.getIndex());
    storage.updateLatestSnapshot(latest);
    bodies.dropBefore(oldest);
    growth.saved(size);
    return last.getIndex();
  }

  /** As {@link HeadEngine#peek}. */
  <T> T peek(HeadEngine.Query<T> query) throws HeadException {
    lock.lock();
    try {
      return query.run(machine);
    } finally {
      lock.unlock();
    }
  }

  /** The time of the last command. */
  long nowMillis() {
    lock.lock();
    try {
      return machine.nowMillis();
    } finally {
      lock.unlock();
    }
  }

  /** Whether this voter knows everything that leaders before the last one have committed. */
  boolean isCurrent(long term) {
    return leaderTerm() == term;
  }

  /** The term of the last leader that has taken over. */
  long leaderTerm() {
    lock.lock();
    try {
      return leaderTerm;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void notifyLogFailed(Throwable cause, LogEntryProto entry) {
    LOG.error("the log of cell {} failed", getGroupId(), cause);
  }

  @Override
  public void notifyLeaderReady() {
    events.ready();
  }

  @Override
  public void notifyNotLeader(Collection<TransactionContext> pending) {
    events.lost();
  }
}
