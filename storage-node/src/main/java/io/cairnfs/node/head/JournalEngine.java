package io.cairnfs.node.head;

import io.cairnfs.node.head.machine.HeadResult;
import io.cairnfs.protocol.head.Delta;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.message.Command;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/** The engine with one voter, this node: a log on the local disk. */
public final class JournalEngine implements HeadEngine {

  private final Journal journal;
  private final CommandLog log;
  private final GroupCommitter committer;
  private final DeltaReader deltas;

  private JournalEngine(Journal journal, CommandLog log) {
    this.journal = journal;
    this.log = log;
    this.committer = new GroupCommitter(log);
    this.deltas = new DeltaReader(log::peek, journal::bodies);
  }

  /**
   * Recovers the state from a journal, which is closed with the engine.
   *
   * @throws JournalDamageException if the journal is not what was written
   */
  public static JournalEngine open(Journal journal) throws IOException {
    return open(journal, System::nanoTime);
  }

  public static JournalEngine open(Journal journal, LongSupplier nanoTime) throws IOException {
    return new JournalEngine(journal, CommandLog.open(journal, nanoTime));
  }

  @Override
  public HeadResult execute(Command.Builder command, byte[] bodies, Duration timeout)
      throws HeadException, InterruptedException {
    return committer.execute(new Proposal(command, bodies), timeout);
  }

  @Override
  public <T> T read(Query<T> query, Duration timeout) throws HeadException {
    return log.peek(query);
  }

  @Override
  public <T> T peek(Query<T> query) throws HeadException {
    return log.peek(query);
  }

  @Override
  public List<Delta> deltas(VolumeId volume, long after, Duration timeout)
      throws HeadException, InterruptedException {
    return deltas.read(volume, after, timeout);
  }

  @Override
  public long nowMillis() {
    return log.nowMillis();
  }

  @Override
  public boolean leads() {
    return true;
  }

  @Override
  public boolean isCurrent() {
    return true;
  }

  @Override
  public void requireLead() {}

  @Override
  public void listen(Listener listener) {
    log.listen(listener);
  }

  @Override
  public void close() {
    committer.close();
    deltas.close();
    journal.close();
  }
}
