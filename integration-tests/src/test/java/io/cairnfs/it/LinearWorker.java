package io.cairnfs.it;

import io.cairnfs.it.linear.Act;
import io.cairnfs.it.linear.Act.Place;
import io.cairnfs.it.linear.Answer;
import io.cairnfs.it.linear.Call;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** One program that changes and looks at few names at random, and records what it was answered. */
final class LinearWorker {

  private static final List<String> FILES = List.of("a", "b", "c");
  private static final List<String> DIRECTORIES = List.of("s", "t");

  private final int number;
  private final LinearTarget target;
  private final List<List<Long>> arenas;
  private final Random random;
  private final List<Call> calls = new ArrayList<>();

  /**
   * @param arenas directories, in groups that nothing connects
   */
  LinearWorker(int number, LinearTarget target, List<List<Long>> arenas, Random random) {
    this.number = number;
    this.target = target;
    this.arenas = List.copyOf(arenas);
    this.random = random;
  }

  /** What was done so far; changes with each step. */
  List<Call> calls() {
    return Collections.unmodifiableList(calls);
  }

  /** Does something: one call, or those that lead to it and then it. */
  void step() throws LinearTarget.GoneException {
    try {
      List<Long> arena = pick(arenas);
      long directory = directory(arena);
      switch (random.nextInt(20)) {
        case 0, 1, 2, 3 -> call(new Act.Create(file(directory)));
        case 4, 5 -> call(new Act.MakeDirectory(subdirectory(directory)));
        case 6, 7 -> call(new Act.RemoveDirectory(subdirectory(directory)));
        case 8, 9, 10 -> call(new Act.Unlink(file(directory)));
        case 11, 12, 13 -> rename(file(directory), file(directory(arena)));
        case 14 -> rename(subdirectory(directory), subdirectory(directory(arena)));
        case 15, 16 -> link(file(directory), directory(arena));
        case 17, 18 -> call(new Act.Status(name(directory)));
        default -> call(new Act.Listing(directory));
      }
    } finally {
      target.release();
    }
  }

  private void rename(Place from, Place to) throws LinearTarget.GoneException {
    call(new Act.Rename(from, to, random.nextInt(4) > 0));
  }

  private void link(Place from, long toDirectory) throws LinearTarget.GoneException {
    if (call(new Act.Look(from)) instanceof Answer.Found found && !found.node().isDirectory()) {
      call(new Act.Link(found.node().inode(), file(toDirectory)));
    }
  }

  /** A root, or a directory in it. */
  private long directory(List<Long> arena) throws LinearTarget.GoneException {
    long root = pick(arena);
    if (random.nextInt(3) == 0
        && call(new Act.Look(subdirectory(root))) instanceof Answer.Found found
        && found.node().isDirectory()) {
      return found.node().inode();
    }
    return root;
  }

  private Answer call(Act act) throws LinearTarget.GoneException {
    long start = System.nanoTime();
    Answer answer = target.perform(act);
    calls.add(new Call(number, start, System.nanoTime(), act, answer));
    return answer;
  }

  private Place file(long directory) {
    return random.nextInt(12) == 0 ? name(directory) : new Place(directory, pick(FILES));
  }

  private Place subdirectory(long directory) {
    return random.nextInt(12) == 0 ? name(directory) : new Place(directory, pick(DIRECTORIES));
  }

  private Place name(long directory) {
    return new Place(directory, pick(random.nextBoolean() ? FILES : DIRECTORIES));
  }

  private <T> T pick(List<T> some) {
    return some.get(random.nextInt(some.size()));
  }
}
