package io.cairnfs.node.head;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.rocks.RocksSettings;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Identity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.FlushOptions;

final class RocksBodiesTest {

  private static final byte[] JOINED = {1, 2, 3};

  private final VolumeId volume = VolumeId.of(Identity.generate().publicKey());
  @TempDir private Path directory;

  private RocksDatabase open() throws IOException {
    return RocksDatabase.open(directory, RocksJournal.COLUMNS, RocksSettings.MODERATE);
  }

  @Test
  void whatWasJustPutIsInMemory() throws Exception {
    try (RocksDatabase database = open()) {
      RocksBodies bodies = new RocksBodies(database);
      bodies.put(List.of(new RocksBodies.Body(volume, 7, JOINED)));
      assertArrayEquals(JOINED, bodies.readFromMemory(volume, 7));
      assertNull(bodies.readFromMemory(volume, 8));
    }
  }

  @Test
  void whatIsOnDiskOnlyIsNotReadFromMemory() throws Exception {
    try (RocksDatabase database = open();
        FlushOptions options = new FlushOptions()) {
      new RocksBodies(database).put(List.of(new RocksBodies.Body(volume, 7, JOINED)));
      database.db().flush(options, database.handle(HeadColumns.BODIES));
    }
    try (RocksDatabase database = open()) {
      RocksBodies bodies = new RocksBodies(database);
      assertNull(bodies.readFromMemory(volume, 7));
      assertArrayEquals(JOINED, bodies.read(volume, 7));
      assertNull(bodies.read(volume, 8));
    }
  }
}
