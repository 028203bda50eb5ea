package io.cairnfs.node.head;

import io.cairnfs.protocol.head.ChainHash;
import io.cairnfs.protocol.head.Delta;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.message.DeltaRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Puts the deltas of a volume together from what the state knows of them and the bodies in the
 * journal. Thread-safe.
 */
final class DeltaReader {

  private final CommandLog log;
  private final Journal journal;

  DeltaReader(CommandLog log, Journal journal) {
    this.log = log;
    this.journal = journal;
  }

  /**
   * The deltas after a sequence, as many as fit a reply.
   *
   * @throws HeadException as {@link io.cairnfs.protocol.head.Head#deltas} says
   * @throws IOException if the journal failed
   */
  List<Delta> read(VolumeId volume, long after) throws IOException {
    while (true) {
      List<DeltaRun> runs =
          log.read(
              machine ->
                  machine.deltas(
                      volume, after, HeadLimits.MAX_BATCH_BYTES, HeadLimits.MAX_BATCH_COMMITS));
      Optional<List<Delta>> deltas = read(volume, after, runs);
      if (deltas.isPresent()) {
        return deltas.get();
      }
      // They were folded and dropped meanwhile, so that the state refuses or knows fewer runs the
      // next time.
    }
  }

  private Optional<List<Delta>> read(VolumeId volume, long after, List<DeltaRun> runs)
      throws IOException {
    List<Delta> deltas = new ArrayList<>();
    for (DeltaRun run : runs) {
      boolean empty = run.getBodyLengthList().stream().allMatch(length -> length == 0);
      byte[] bodies = empty ? new byte[0] : journal.bodies(volume, run.getLogIndex());
      if (bodies == null) {
        if (stillNeeded(volume, run)) {
          throw new JournalDamageException(
              "the heads' log is damaged: the bodies of command "
                  + run.getLogIndex()
                  + " are missing");
        }
        return Optional.empty();
      }
      SessionId session = HeadMessages.decodeSession(run.getSession());
      int offset = run.getOffset();
      for (int i = 0; i < run.getBodyLengthCount(); i++) {
        int end = offset + run.getBodyLength(i);
        long sequence = run.getFirstSequence() + i;
        if (sequence > after) {
          int hash = i * ChainHash.BYTES;
          deltas.add(
              new Delta(
                  sequence,
                  session,
                  empty ? bodies : Arrays.copyOfRange(bodies, offset, end),
                  HeadMessages.decodeChain(
                      run.getChains().substring(hash, hash + ChainHash.BYTES))));
        }
        offset = end;
      }
    }
    return Optional.of(deltas);
  }

  private boolean stillNeeded(VolumeId volume, DeltaRun run) throws HeadException {
    return log.read(
        machine ->
            machine.info(volume, machine.nowMillis()).state().rootSequence()
                < run.getFirstSequence());
  }
}
