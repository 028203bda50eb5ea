package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real programs on one volume from two mounts at once: nothing is corrupt, no update lost. */
@Timeout(900)
final class SharedProgramsIT {

  private static final int MOUNTS = 2;
  private static final int MESSAGES = 40;

  @Test
  void programsWorkTogether() throws Exception {
    workTogether(12, 10, 3);
  }

  @Test
  @Tag("extended")
  void programsWorkTogetherForLong() throws Exception {
    workTogether(MESSAGES, 40, 8);
  }

  private static void workTogether(int messages, int transactions, int commits) throws Exception {
    try (SharedScene scene = SharedScene.open(MOUNTS)) {
      long start = System.nanoTime();
      SharedMail.deliver(scene.directories(), SharedMail.Lock.EXCLUSIVE_CREATE, messages);
      SharedMail.deliver(scene.directories(), SharedMail.Lock.LINK, messages);
      start = print("mail", start);
      SharedPrograms.countInSqlite(scene.directories(), transactions);
      start = print("SQLite", start);
      SharedPrograms.pushWithGit(scene.directories(), commits);
      print("git", start);
    }
  }

  private static long print(String what, long start) {
    long now = System.nanoTime();
    System.out.println(what + ": " + TimeUnit.NANOSECONDS.toMillis(now - start) + " ms");
    return now;
  }

  /** The twin: a dot lock that two can have at once. */
  @Test
  @Tag("extended")
  void withoutConflictsMailIsLost() throws Exception {
    try (SharedScene scene = SharedScene.openUnchecked(MOUNTS)) {
      assertThrows(
          AssertionError.class,
          () ->
              SharedMail.deliver(
                  scene.directories(), SharedMail.Lock.EXCLUSIVE_CREATE, MESSAGES * 4));
    }
  }
}
