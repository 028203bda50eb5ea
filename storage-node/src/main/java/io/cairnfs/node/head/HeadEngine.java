package io.cairnfs.node.head;

import io.cairnfs.node.head.machine.HeadMachine;
import io.cairnfs.node.head.machine.HeadResult;
import io.cairnfs.protocol.head.Delta;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.message.Command;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What drives the state machine of one cell: a log that numbers and times commands, makes them
 * durable, and applies them in the same order on every voter. One implementation is a journal on
 * the local disk, with this node as the only voter; another one is a consensus group. Thread-safe.
 */
public interface HeadEngine extends AutoCloseable {

  /** A look at the state, while nothing is applied: short, and keeps nothing of the machine. */
  @FunctionalInterface
  interface Query<T> {
    T run(HeadMachine machine) throws HeadException;
  }

  /**
   * Hears what happens to the state, on the thread that applies commands: it must neither wait nor
   * throw, but may {@link #peek}.
   */
  interface Listener {

    /** Commands on these volumes were applied; they are durable. */
    void applied(Set<VolumeId> volumes);

    /** This voter leads from now on, every command of earlier leaders applied; or no longer. */
    default void leads(boolean now) {}
  }

  /**
   * Executes a command at the end of the log.
   *
   * @param command without its time, which the leader gives it
   * @param bodies joined bodies of a commit, not changed any more; empty for other commands
   * @return what it came to, once that is durable
   * @throws HeadException {@code UNAVAILABLE} if there was no answer in time; it may be executed
   *     still. {@code NOT_LEADER} if this voter does not lead, or not any more
   */
  HeadResult execute(Command.Builder command, byte[] bodies, Duration timeout)
      throws HeadException, InterruptedException;

  /**
   * Looks at a state that includes every command whose result anybody has been given before this
   * call.
   *
   * @throws HeadException what the query throws; {@code NOT_LEADER}; {@code UNAVAILABLE} if this
   *     voter cannot be sure in time that it leads
   */
  <T> T read(Query<T> query, Duration timeout) throws HeadException, InterruptedException;

  /** Looks at the state as it is on this voter, which may lag behind the leader's. Never waits. */
  <T> T peek(Query<T> query) throws HeadException;

  /**
   * Committed transactions of a volume as {@link io.cairnfs.protocol.head.Head#deltas} gives them;
   * {@code NOT_LEADER} where they may not be all there are.
   */
  List<Delta> deltas(VolumeId volume, long after, Duration timeout)
      throws HeadException, InterruptedException;

  /** The time of the cell, in milliseconds; stands still at voters that do not lead. */
  long nowMillis();

  /** Whether this voter leads, as far as it knows: the only voter always does. */
  boolean leads();

  /**
   * Whether this voter's state has everything that leaders before the present one have committed:
   * it has not just after a start, and while nobody leads.
   */
  boolean isCurrent();

  /**
   * Refuses where this voter does not lead, as far as it knows.
   *
   * @throws HeadException {@code NOT_LEADER}
   */
  void requireLead() throws HeadException;

  /** Adds a listener, for as long as the engine is open. */
  void listen(Listener listener);

  /** Finishes what is being written, fails what waits, and stops. */
  @Override
  void close();
}
