package io.cairnfs.node.head;

import io.cairnfs.node.head.machine.HeadResult;
import io.cairnfs.protocol.head.HeadException;
import java.io.IOException;
import java.util.List;

/** A log that takes commands in groups. Used by one thread. */
public interface GroupLog {

  /**
   * Executes commands in order.
   *
   * @return one result for each, all of them durable
   * @throws HeadException if these commands found no answer; later ones may
   * @throws IOException if the log failed; nothing is known of these commands, and no more may be
   *     executed
   */
  List<HeadResult> execute(List<Proposal> proposals) throws IOException, InterruptedException;

  /** Does what keeps the log short, between two groups. */
  void tidy() throws IOException;
}
