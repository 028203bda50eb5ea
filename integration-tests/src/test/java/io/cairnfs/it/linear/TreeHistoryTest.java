package io.cairnfs.it.linear;

import static io.cairnfs.client.fuse.linux.Errno.EEXIST;
import static io.cairnfs.client.fuse.linux.Errno.EISDIR;
import static io.cairnfs.client.fuse.linux.Errno.ENOENT;
import static io.cairnfs.client.fuse.linux.Errno.ENOTEMPTY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.cairnfs.it.linear.Act.Place;
import io.cairnfs.it.linear.Answer.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Histories of two directories, 1 and 2, that are or are not linearizable. */
final class TreeHistoryTest {

  private static final Answer DONE = new Answer.Done();
  private static final Answer UNKNOWN = new Answer.Unknown();

  private final List<Call> calls = new ArrayList<>();

  private static Place place(long directory, String name) {
    return new Place(directory, name);
  }

  private static Answer failed(int errno) {
    return new Answer.Failed(errno);
  }

  private static Answer file(long inode) {
    return new Answer.Found(new Node(inode, false));
  }

  private static Answer directory(long inode) {
    return new Answer.Found(new Node(inode, true));
  }

  private TreeHistoryTest call(long start, long end, Act act, Answer answer) {
    calls.add(new Call(0, start, end, act, answer));
    return this;
  }

  private Verdict verdict() {
    return new TreeHistory(calls, List.of(1L, 2L)).check(Duration.ofSeconds(10));
  }

  private void assertGood() {
    assertInstanceOf(Verdict.Linearizable.class, verdict());
  }

  private void assertBad() {
    assertInstanceOf(Verdict.Violation.class, verdict());
  }

  @Test
  void oneOfTwoCreatesWins() {
    Act create = new Act.Create(place(1, "a"));
    call(0, 9, create, file(10)).call(0, 9, create, failed(EEXIST)).assertGood();
    call(0, 9, create, file(11)).assertBad();
  }

  @Test
  void whatIsThereIsSeen() {
    call(0, 1, new Act.Create(place(1, "a")), file(10))
        .call(2, 3, new Act.Look(place(1, "a")), file(10))
        .assertGood();
    call(4, 5, new Act.Look(place(1, "a")), failed(ENOENT)).assertBad();
  }

  @Test
  void anotherFileIsNotTheSame() {
    call(0, 1, new Act.Create(place(1, "a")), file(10))
        .call(0, 1, new Act.Create(place(1, "b")), file(11))
        .call(2, 3, new Act.Look(place(1, "a")), file(11))
        .assertBad();
  }

  @Test
  void aRenameIsNeverSeenHalf() {
    call(0, 1, new Act.Create(place(1, "a")), file(10))
        .call(2, 9, new Act.Rename(place(1, "a"), place(2, "b"), true), DONE)
        .call(3, 4, new Act.Look(place(1, "a")), failed(ENOENT))
        .call(5, 6, new Act.Look(place(2, "b")), file(10))
        .assertGood();
    call(7, 8, new Act.Look(place(1, "a")), file(10)).assertBad();
  }

  @Test
  void aDirectoryWithEntriesIsNotRemoved() {
    call(0, 1, new Act.MakeDirectory(place(1, "s")), DONE)
        .call(2, 3, new Act.Look(place(1, "s")), directory(20))
        .call(4, 9, new Act.Create(place(20, "a")), file(10))
        .call(4, 9, new Act.RemoveDirectory(place(1, "s")), failed(ENOTEMPTY))
        .assertGood();
    call(4, 9, new Act.RemoveDirectory(place(1, "s")), DONE).assertBad();
  }

  @Test
  void directoriesDoNotLoop() {
    call(0, 1, new Act.MakeDirectory(place(1, "s")), DONE)
        .call(0, 1, new Act.MakeDirectory(place(1, "t")), DONE)
        .call(2, 3, new Act.Look(place(1, "s")), directory(20))
        .call(2, 3, new Act.Look(place(1, "t")), directory(21))
        .call(4, 9, new Act.Rename(place(1, "s"), place(21, "s"), true), DONE)
        .assertGood();
    call(4, 9, new Act.Rename(place(1, "t"), place(20, "t"), true), DONE).assertBad();
  }

  @Test
  void linksAreCounted() {
    call(0, 1, new Act.Create(place(1, "a")), file(10))
        .call(2, 3, new Act.Link(10, place(2, "b")), DONE)
        .call(4, 5, new Act.Status(place(1, "a")), new Answer.Described(new Node(10, false), 2))
        .assertGood();
    call(6, 7, new Act.Status(place(1, "a")), new Answer.Described(new Node(10, false), 1))
        .assertBad();
  }

  @Test
  void aFileWithoutNamesIsNotLinked() {
    call(0, 1, new Act.Create(place(1, "a")), file(10))
        .call(2, 3, new Act.Unlink(place(1, "a")), DONE)
        .call(4, 5, new Act.Link(10, place(2, "b")), failed(ENOENT))
        .assertGood();
    call(6, 7, new Act.Link(10, place(2, "b")), DONE).assertBad();
  }

  @Test
  void listingsAreOfOneInstant() {
    call(0, 1, new Act.Create(place(1, "a")), file(10))
        .call(2, 9, new Act.Rename(place(1, "a"), place(1, "b"), true), DONE)
        .call(2, 9, new Act.Listing(1), new Answer.Listed(Map.of("b", new Node(10, false))))
        .assertGood();
    call(2, 9, new Act.Listing(1), new Answer.Listed(Map.of())).assertBad();
  }

  @Test
  void whatWasNotAnsweredMayHaveHappened() {
    call(0, 1, new Act.Create(place(1, "a")), UNKNOWN)
        .call(4, 5, new Act.Look(place(1, "a")), failed(ENOENT))
        .call(6, 7, new Act.Look(place(1, "a")), file(12))
        .assertGood();
    call(8, 9, new Act.Look(place(1, "a")), failed(ENOENT)).assertBad();
  }

  @Test
  void errorsAboutTwoNamesAreAboutTwoInstants() {
    call(0, 1, new Act.Create(place(1, "a")), file(10))
        .call(2, 9, new Act.Rename(place(1, "a"), place(1, "b"), true), failed(EISDIR))
        .call(3, 4, new Act.Unlink(place(1, "a")), DONE)
        .call(5, 6, new Act.MakeDirectory(place(1, "b")), DONE)
        .assertGood();
    call(10, 11, new Act.Rename(place(1, "b"), place(2, "b"), true), failed(EISDIR)).assertBad();
  }

  @Test
  void twoEqualRenamesMayBothSucceed() {
    Act rename = new Act.Rename(place(1, "a"), place(1, "b"), true);
    call(0, 1, new Act.Create(place(1, "a")), file(10))
        .call(2, 9, rename, DONE)
        .call(2, 9, rename, DONE)
        .assertGood();
    call(10, 11, rename, DONE).assertBad();
  }

  @Test
  void refusalsTellNothing() {
    call(0, 1, new Act.Look(place(1, "a")), new Answer.Refused(116)).assertGood();
  }

  @Test
  void directoriesThatNothingConnectsAreGroups() {
    call(0, 1, new Act.Create(place(1, "a")), file(10))
        .call(0, 1, new Act.Create(place(2, "a")), file(11));
    assertEquals(2, new TreeHistory(calls, List.of(1L, 2L)).groups().size());
    call(2, 3, new Act.Link(10, place(2, "b")), DONE);
    assertEquals(1, new TreeHistory(calls, List.of(1L, 2L)).groups().size());
  }
}
