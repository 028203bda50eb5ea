package io.cairnfs.node;

import io.cairnfs.node.data.DataDirectory;
import io.cairnfs.node.head.CellHeads;
import io.cairnfs.node.head.CellSnapshots;
import io.cairnfs.node.head.Hosted;
import io.cairnfs.node.head.JournalEngine;
import io.cairnfs.node.head.RocksBodies;
import io.cairnfs.node.head.RocksJournal;
import io.cairnfs.node.rocks.Column;
import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.rocks.RocksSettings;
import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.Columns;
import io.cairnfs.node.store.RocksBlockStore;
import io.cairnfs.node.store.StoreSettings;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.NodeId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** What every node keeps on its disk: the locked data directory, its identity, blocks and heads. */
final class NodeStorage implements AutoCloseable {

  private final DataDirectory directory;
  private final Identity identity;
  private final RocksDatabase database;
  private final RocksBlockStore store;
  private final CellHeads heads;
  private final CellSnapshots snapshots;

  private NodeStorage(
      DataDirectory directory,
      Identity identity,
      RocksDatabase database,
      RocksBlockStore store,
      CellHeads heads) {
    this.directory = directory;
    this.identity = identity;
    this.database = database;
    this.store = store;
    this.heads = heads;
    this.snapshots = new CellSnapshots(heads.engine(), identity.id(), InstantSource.system());
  }

  /**
   * @throws IOException if the directory is in use, of another format, damaged, or cannot be read
   *     or written
   */
  static NodeStorage open(Path data, RocksSettings rocks, StoreSettings settings)
      throws IOException {
    try (Cleanup cleanup = new Cleanup()) {
      DataDirectory directory = cleanup.add(DataDirectory.open(data));
      Identity identity = directory.identity();
      List<Column> columns = new ArrayList<>(Columns.ALL);
      columns.addAll(RocksJournal.COLUMNS);
      RocksDatabase database =
          cleanup.add(RocksDatabase.open(directory.database(), columns, rocks));
      RocksBlockStore store =
          cleanup.add(RocksBlockStore.open(database, directory.segments(), settings));
      CellHeads heads =
          cleanup.add(
              new CellHeads(JournalEngine.open(RocksJournal.open(database)), identity.id()));
      cleanup.keep();
      return new NodeStorage(directory, identity, database, store, heads);
    }
  }

  DataDirectory directory() {
    return directory;
  }

  Identity identity() {
    return identity;
  }

  NodeId id() {
    return identity.id();
  }

  RocksDatabase database() {
    return database;
  }

  BlockStore store() {
    return store;
  }

  CellHeads heads() {
    return heads;
  }

  /** The heads of which this node is the only voter. */
  Hosted hosted() {
    return new Hosted(heads, snapshots);
  }

  /** Makes access to where the bodies of a cell's commits rest. */
  RocksBodies cellBodies() {
    return new RocksBodies(database);
  }

  /** Closes everything; nobody uses it any more. */
  @Override
  public void close() throws IOException {
    try (Cleanup cleanup = new Cleanup()) {
      cleanup.add(directory);
      cleanup.add(database);
      cleanup.add(store);
      cleanup.add(heads);
    }
  }
}
