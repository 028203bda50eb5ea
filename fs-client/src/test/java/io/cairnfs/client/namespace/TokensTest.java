package io.cairnfs.client.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.extent.Extent;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Which operations conflict: those where the second would have read what the first wrote. */
final class TokensTest {

  private static final long DIRECTORY = 5;
  private static final long FILE = 6;

  private final Layer state = new Layer();

  TokensTest() {
    state.put(Key.inode(DIRECTORY), TestValues.directory());
    state.put(Key.times(DIRECTORY), TestValues.noTimes());
    state.put(Key.inode(FILE), TestValues.file(1));
    state.put(Key.times(FILE), TestValues.noTimes());
  }

  private Tokens run(Consumer<Transaction> operation) {
    Tokens tokens = new Tokens();
    LayeredMap map = new LayeredMap(List.of(state), new Tree(null, cid -> null));
    operation.accept(new BufferedTransaction(map, () -> 100, tokens));
    return tokens;
  }

  private boolean conflict(Consumer<Transaction> reader, Consumer<Transaction> writer) {
    return !Collections.disjoint(run(reader).read(), run(writer).written());
  }

  private static Consumer<Transaction> create(String name) {
    return tx -> {
      tx.inode(DIRECTORY);
      tx.lookup(DIRECTORY, Name.of(name));
      tx.putInode(100, TestValues.file(1));
      tx.putTimes(100, TestValues.noTimes());
      tx.putEntry(DIRECTORY, Name.of(name), 100, FileType.REGULAR);
      tx.changeTimes(DIRECTORY, TimesChange.modified(1).addingEntries(1, 0));
    };
  }

  @Test
  void createsOfDifferentNamesGoSideBySide() {
    assertFalse(conflict(create("a"), create("b")));
    assertTrue(conflict(create("a"), create("a")));
  }

  @Test
  void removingADirectoryConflictsWithCreatingInIt() {
    Consumer<Transaction> rmdir =
        tx -> {
          tx.list(DIRECTORY, 0, 1);
          tx.deleteInode(DIRECTORY);
        };
    assertTrue(conflict(rmdir, create("a")));
    assertTrue(conflict(create("a"), rmdir), "the parent's attributes are gone");
  }

  @Test
  void flushesNeverConflictButReadersOfContentDo() {
    Consumer<Transaction> flush =
        tx -> {
          tx.putExtent(FILE, 0, new Extent.Zeros(10));
          tx.changeTimes(FILE, TimesChange.modified(1).raisingSize(10));
        };
    assertFalse(conflict(flush, flush));
    assertTrue(conflict(tx -> tx.extents(FILE, 0, 1), flush));
    assertTrue(conflict(tx -> tx.times(FILE), flush), "appending reads the size");
  }

  @Test
  void kindsDoNotShareTokens() {
    List<Key> keys =
        List.of(
            Key.inode(7),
            Key.times(7),
            Key.parent(7),
            Key.orphan(7),
            Key.extent(7, 0),
            Key.entry(7, 8));
    assertEquals(keys.size(), keys.stream().map(Tokens::of).distinct().count());
    assertEquals(Tokens.of(Key.extent(7, 0)), Tokens.of(Key.extent(7, 100)));
    assertEquals(Tokens.of(Key.entry(7, 8)), Tokens.of(Key.entry(7, 9)), "names of one bucket");
  }
}
