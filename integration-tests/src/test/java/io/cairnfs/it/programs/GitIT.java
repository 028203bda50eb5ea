package io.cairnfs.it.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** git(1): what it does to a repository is whole, by its own judgement. */
@OnMount
final class GitIT {

  private static final int COMMITS = 10;
  private static final int FILES = 20;

  private final Workplace place;

  GitIT(Workplace place) {
    this.place = place;
  }

  private static void git(Workplace at, String... words) throws Exception {
    run(at, words);
  }

  private static String run(Workplace at, String... words) throws Exception {
    String[] all = new String[words.length + 5];
    all[0] = "git";
    all[1] = "-c";
    all[2] = "user.name=Test";
    all[3] = "-c";
    all[4] = "user.email=test@example.org";
    System.arraycopy(words, 0, all, 5, words.length);
    return at.run(all);
  }

  private static void change(Workplace repository, int number) throws IOException {
    for (int i = number % 3; i < FILES; i += 3) {
      Path file = repository.in("d" + i % 4).resolve("f" + i);
      Files.writeString(file, ("line " + number + "\n").repeat(i + 1));
    }
  }

  private Workplace repository() throws Exception {
    Workplace.need("git");
    Workplace repository = place.in("repository");
    git(repository, "init", "-q", "-b", "main");
    for (int i = 0; i < COMMITS; i++) {
      change(repository, i);
      git(repository, "add", "-A");
      git(repository, "commit", "-q", "-m", "change " + i);
    }
    return repository;
  }

  private static void assertWhole(Workplace repository) throws Exception {
    assertEquals("", run(repository, "fsck", "--full", "--strict", "--no-progress"));
    assertEquals("", run(repository, "status", "--porcelain"));
  }

  @Test
  void clonesAndCollectsGarbage() throws Exception {
    Workplace repository = repository();
    assertWhole(repository);
    git(place, "clone", "-q", "repository", "linked"); // by hard links
    git(place, "clone", "-q", "--no-local", "repository", "copied");
    for (String name : new String[] {"repository", "linked", "copied"}) {
      Workplace clone = place.in(name);
      git(clone, "gc", "-q", "--prune=now");
      assertWhole(clone);
      assertEquals(COMMITS + "\n", run(clone, "rev-list", "--count", "HEAD"));
    }
  }

  @Test
  void branchesInWorktrees() throws Exception {
    Workplace repository = repository();
    git(repository, "worktree", "add", "-q", "-b", "other", "../other", "HEAD~3");
    Workplace other = place.in("other");
    Files.writeString(other.resolve("new"), "content");
    git(other, "add", "-A");
    git(other, "commit", "-q", "-m", "another");
    git(repository, "merge", "-q", "--no-edit", "other");
    assertWhole(repository);
    assertWhole(other);
    assertEquals("content", Files.readString(repository.resolve("new")));
    git(repository, "checkout", "-q", "HEAD~5");
    git(repository, "checkout", "-q", "main");
    git(repository, "worktree", "remove", "../other");
    assertWhole(repository);
  }
}
