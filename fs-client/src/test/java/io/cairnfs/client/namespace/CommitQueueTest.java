package io.cairnfs.client.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.extent.Extent;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What may be committed before what. Entries are named by their numbers. */
final class CommitQueueTest {

  private static final long A = 10;
  private static final long B = 11;

  private final Layer state = new Layer();
  private final CommitQueue queue = new CommitQueue();
  private long number;

  CommitQueueTest() {
    for (long inode : new long[] {A, B}) {
      state.put(Key.inode(inode), TestValues.file(1));
      state.put(Key.times(inode), TestValues.noTimes());
    }
  }

  private void add(Consumer<Transaction> operation) {
    BufferedTransaction transaction =
        new BufferedTransaction(
            new LayeredMap(List.of(state), new Tree(null, cid -> null)), () -> 100, null);
    operation.accept(transaction);
    queue.add(Entry.of(++number, transaction, null, 0));
  }

  private void addName(String name) {
    add(tx -> tx.putEntry(1, Name.of(name), 50, FileType.REGULAR));
  }

  private ManualBlock addContent(long inode) {
    ManualBlock block = new ManualBlock(new byte[] {(byte) number});
    add(
        tx -> {
          tx.putExtent(inode, 100 * number, new Extent.InBlock(block, 0, 1));
          tx.changeTimes(inode, TimesChange.modified(number).raisingSize(100 * number + 1));
          tx.contentOf(inode);
        });
    return block;
  }

  private List<Long> next() {
    return queue.next(Long.MAX_VALUE, 100, true).stream().map(Entry::number).toList();
  }

  @Test
  void namesOvertakeContentThatIsUnderWay() {
    ManualBlock a = addContent(A);
    addName("x");
    assertEquals(List.of(2L), next());
    a.makeDurable();
    assertEquals(List.of(1L, 2L), next());
  }

  @Test
  void contentOfOneFileKeepsItsOrder() {
    ManualBlock first = addContent(A);
    addContent(A).makeDurable();
    addContent(B).makeDurable();
    assertEquals(List.of(3L), next());
    first.makeDurable();
    assertEquals(List.of(1L, 2L, 3L), next());
  }

  @Test
  void whatIsOrderedAfterContentWaitsAndSoDoAllNamesAfterIt() {
    addContent(A);
    add(
        tx -> {
          tx.orderAfterContentOf(A);
          tx.putEntry(1, Name.of("new name"), A, FileType.REGULAR);
        });
    addName("x");
    addContent(B).makeDurable();
    assertEquals(List.of(), next());
  }

  @Test
  void whatDoesNotCommuteWithContentWaits() {
    addContent(A);
    add(tx -> tx.changeTimes(A, TimesChange.changed(9)));
    add(tx -> tx.changeTimes(A, TimesChange.changed(9).settingMtime(1)));
    assertEquals(List.of(2L), next());
  }

  @Test
  void removingAFileWaitsForItsContent() {
    addContent(A);
    add(tx -> tx.deleteTimes(A));
    assertEquals(List.of(), next());
  }

  @Test
  void contentWithAnythingElseIsNoContent() {
    ManualBlock block = new ManualBlock(new byte[] {1});
    add(
        tx -> {
          tx.putExtent(A, 0, new Extent.InBlock(block, 0, 1));
          tx.putInode(A, TestValues.file(2));
          tx.contentOf(A);
        });
    addName("x");
    assertEquals(List.of(), next());
  }

  @Test
  void theSafeguardCanBeMissed() {
    addContent(A);
    assertEquals(1, queue.next(Long.MAX_VALUE, 100, false).size());
  }

  @Test
  void aBarrierHoldsBackWhatIsBehindIt() {
    addName("x");
    addName("y");
    assertEquals(1, queue.next(1, 100, true).size());
    assertFalse(queue.isCommitted(1, null));
    queue.remove(queue.next(1, 100, true));
    assertTrue(queue.isCommitted(1, null));
    assertEquals(List.of(), queue.next(1, 100, true));
  }

  @Test
  void blocksAreAskedForWhereTheyAreNeeded() {
    ManualBlock a = addContent(A);
    ManualBlock b = addContent(B);
    assertEquals(List.of(a), queue.takeBlocks(2, A));
    assertEquals(List.of(b), queue.takeBlocks(2, null), "each once");
    addContent(B);
    ManualBlock later = addContent(A);
    add(tx -> tx.orderAfterContentOf(A));
    add(
        tx -> {
          tx.orderAfterContentOf(A);
          tx.putEntry(1, Name.of("z"), A, FileType.REGULAR);
        });
    assertEquals(List.of(later), queue.takeBlocks(number, 1L), "the name waits for it");
  }

  @Test
  void consecutiveContentOfOneFileBecomesOneCommit() {
    addContent(A).makeDurable();
    addContent(A).makeDurable();
    addContent(B).makeDurable();
    addContent(A).makeDurable();
    CommitBatch batch = CommitBatch.encode(queue.next(Long.MAX_VALUE, 100, true));
    assertEquals(4, batch.entries().size());
    assertEquals(3, batch.commits().size());
    assertEquals(4, MutationCodec.decode(batch.commits().getFirst().body()).size());
  }
}
