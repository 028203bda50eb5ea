package io.cairnfs.node.head;

import com.google.protobuf.InvalidProtocolBufferException;
import io.cairnfs.node.head.Journal.Bodies;
import io.cairnfs.node.head.Journal.Entry;
import io.cairnfs.node.head.machine.HeadMachine;
import io.cairnfs.node.head.machine.HeadResult;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.message.Command;
import io.cairnfs.protocol.head.message.CommitHeader;
import io.cairnfs.protocol.head.message.Takeover;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state machine and its journal as one: commands are numbered and timed, written, and applied
 * once they are durable; now and then a snapshot makes the log short. Used by one thread, except
 * for {@link #peek}, {@link #listen} and {@link #nowMillis}.
 */
final class CommandLog implements GroupLog {

  private static final Logger LOG = LoggerFactory.getLogger(CommandLog.class);
  private static final byte[] NO_BODIES = new byte[0];

  private final Journal journal;
  private final HeadMachine machine;
  private final HeadClock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Listeners listeners = new Listeners();
  private final LogGrowth growth = new LogGrowth();

  private CommandLog(Journal journal, HeadMachine machine, HeadClock clock) {
    this.journal = journal;
    this.machine = machine;
    this.clock = clock;
  }

  /** Recovers the state from the journal and takes over: all leases begin anew. */
  static CommandLog open(Journal journal, LongSupplier nanoTime) throws IOException {
    List<byte[]> snapshot = journal.snapshot();
    HeadMachine machine = recover(journal, snapshot);
    LOG.info("heads recovered up to command {}", machine.index());
    CommandLog log = new CommandLog(journal, machine, new HeadClock(machine.nowMillis(), nanoTime));
    log.growth.saved(size(snapshot));
    log.execute(
        List.of(
            new Proposal(
                Command.newBuilder().setTakeover(Takeover.getDefaultInstance()), NO_BODIES)));
    return log;
  }

  /** The state that a journal stands for. */
  static HeadMachine recover(Journal journal, List<byte[]> snapshot) throws IOException {
    HeadMachine machine = restore(snapshot);
    journal.replay(machine.index(), (index, bytes) -> replay(journal, machine, index, bytes));
    return machine;
  }

  private static HeadMachine restore(List<byte[]> snapshot) throws IOException {
    if (snapshot.isEmpty()) {
      return new HeadMachine();
    }
    try {
      return HeadMachine.restore(snapshot);
    } catch (InvalidProtocolBufferException e) {
      throw new JournalDamageException("the heads' snapshot cannot be read", e);
    }
  }

  private static void replay(Journal journal, HeadMachine machine, long index, byte[] bytes)
      throws IOException {
    Command command;
    try {
      command = Command.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new JournalDamageException("command " + index + " of the heads' log cannot be read", e);
    }
    byte[] bodies = NO_BODIES;
    if (carriesBodies(command)) {
      VolumeId volume = HeadMessages.decodeVolume(command.getCommit().getVolume());
      byte @Nullable [] kept = journal.bodies(volume, machine.bodyIndex(command, index));
      if (kept == null) {
        throw new JournalDamageException(
            "the heads' log is damaged: the bodies of command " + index + " are missing");
      }
      bodies = kept;
    }
    machine.apply(index, command, bodies);
  }

  private static boolean carriesBodies(Command command) {
    return command.hasCommit()
        && command.getCommit().getCommitList().stream()
            .mapToInt(CommitHeader::getBodyLength)
            .anyMatch(length -> length > 0);
  }

  @Override
  public List<HeadResult> execute(List<Proposal> proposals) throws IOException {
    long nowMillis = clock.nowMillis();
    long index = machine.index();
    boolean durable = false;
    List<Command> commands = new ArrayList<>(proposals.size());
    List<Entry> entries = new ArrayList<>(proposals.size());
    for (Proposal proposal : proposals) {
      Command command = proposal.command().setNowMillis(nowMillis).build();
      commands.add(command);
      Entry entry = entry(++index, command, proposal.bodies());
      entries.add(entry);
      growth.grew(1, entry.command().length + (long) proposal.bodies().length);
      durable |= proposal.mustBeDurable();
    }
    journal.append(entries, durable);
    List<HeadResult> results = new ArrayList<>(proposals.size());
    lock.lock();
    try {
      for (int i = 0; i < commands.size(); i++) {
        byte[] bodies = proposals.get(i).bodies();
        results.add(machine.apply(entries.get(i).index(), commands.get(i), bodies));
      }
    } finally {
      lock.unlock();
    }
    listeners.applied(commands);
    return results;
  }

  private Entry entry(long index, Command command, byte[] bodies) {
    Bodies beside =
        bodies.length == 0
            ? null
            : new Bodies(
                HeadMessages.decodeVolume(command.getCommit().getVolume()),
                machine.bodyIndex(command, index),
                bodies);
    return new Entry(index, command.toByteArray(), beside);
  }

  /** Saves a snapshot if the log has grown enough for one to be worth it. */
  @Override
  public void tidy() throws IOException {
    if (growth.isDue()) {
      save();
    }
  }

  /** Replaces the log by a snapshot. */
  void save() throws IOException {
    List<byte[]> snapshot = machine.snapshot();
    journal.save(machine.index(), snapshot, machine.oldestBodies());
    growth.saved(size(snapshot));
    LOG.debug("heads saved at command {} in {} bytes", machine.index(), size(snapshot));
  }

  private static long size(List<byte[]> records) {
    return records.stream().mapToLong(record -> record.length).sum();
  }

  /** From any thread. */
  void listen(HeadEngine.Listener listener) {
    listeners.add(listener);
  }

  /** The time of the cell. From any thread. */
  long nowMillis() {
    return clock.nowMillis();
  }

  /** Looks at the state, which includes durable commands only. From any thread. */
  <T> T peek(HeadEngine.Query<T> query) throws HeadException {
    lock.lock();
    try {
      return query.run(machine);
    } finally {
      lock.unlock();
    }
  }
}
