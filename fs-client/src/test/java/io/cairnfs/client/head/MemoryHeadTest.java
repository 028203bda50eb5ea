package io.cairnfs.client.head;

import io.cairnfs.node.head.CellHeads;
import io.cairnfs.node.head.JournalEngine;
import io.cairnfs.node.head.MemoryJournal;
import io.cairnfs.protocol.head.Head;
import java.io.IOException;

/** The contract over the journal's in-memory twin. */
@SuppressWarnings("NullAway.Init") // created before each test
final class MemoryHeadTest extends SharedHeadContract {

  private final MemoryJournal journal = new MemoryJournal();
  private CellHeads heads;

  @Override
  Head create() throws IOException {
    heads = new CellHeads(JournalEngine.open(journal), VOTER);
    return heads;
  }

  @Override
  Head restart() throws IOException {
    heads.close();
    return create();
  }

  @Override
  void destroy() {
    heads.close();
  }
}
