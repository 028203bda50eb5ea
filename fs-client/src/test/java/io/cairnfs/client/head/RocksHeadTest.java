package io.cairnfs.client.head;

import io.cairnfs.node.head.CellHeads;
import io.cairnfs.node.head.JournalEngine;
import io.cairnfs.node.head.RocksJournal;
import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.rocks.RocksSettings;
import io.cairnfs.protocol.head.Head;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract over a journal on disk. */
@SuppressWarnings("NullAway.Init") // created before each test
final class RocksHeadTest extends SharedHeadContract {

  @TempDir private Path directory;
  private RocksDatabase database;
  private CellHeads heads;

  @Override
  Head create() throws IOException {
    database = RocksDatabase.open(directory, RocksJournal.COLUMNS, RocksSettings.MODERATE);
    heads = new CellHeads(JournalEngine.open(RocksJournal.open(database)), VOTER);
    return heads;
  }

  @Override
  Head restart() throws IOException {
    destroy();
    return create();
  }

  @Override
  void destroy() {
    heads.close();
    database.close();
  }
}
