package io.cairnfs.it.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.it.PosixMount;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * SQLite: kill -9 of the program, and then of the mount, in the middle of transactions; the
 * database is whole, and no transaction that was acknowledged is lost.
 */
@Tag("extended")
@Timeout(300)
final class SqliteIT {

  private static final int TRANSACTIONS = 200;
  private static final int ROWS = 20;

  @ParameterizedTest
  @ValueSource(strings = {"wal", "delete"})
  void aCrashLosesNothing(String journal) throws Exception {
    Workplace.need("sqlite3");
    try (PosixMount mount = new PosixMount()) {
      Workplace place = new Workplace(mount.directory()).in("database");
      place.run(
          "sqlite3", "db", "CREATE TABLE t(n INTEGER, body BLOB); CREATE INDEX i ON t(body);");
      int acknowledged = write(place, journal, 0, () -> {});
      int first = check(place, acknowledged);
      acknowledged = write(place, journal, first, mount::kill);
      mount.remount();
      check(place, acknowledged);
    }
  }

  private interface Crash {
    void now() throws Exception;
  }

  /** Writes, and crashes while a transaction is under way; gives the last that was acknowledged. */
  private static int write(Workplace place, String journal, int after, Crash crash)
      throws Exception {
    Process process = place.start("sqlite3", "db");
    int acknowledged = after;
    try (Writer statements = process.outputWriter(StandardCharsets.UTF_8);
        BufferedReader answers = process.inputReader(StandardCharsets.UTF_8)) {
      // less than EXTRA does not sync the removal of a rollback journal, which is the commit
      statements.write("PRAGMA journal_mode=" + journal + ";PRAGMA synchronous=EXTRA;\n");
      statements.flush();
      assertEquals(journal, answers.readLine());
      for (int i = 1; i <= TRANSACTIONS; i++) {
        statements.write(transaction(after + i));
        statements.flush();
        if (i < TRANSACTIONS) {
          acknowledged = Integer.parseInt(answers.readLine());
        }
      }
      crash.now();
      process.destroyForcibly().waitFor();
    } catch (IOException e) {
      process.destroyForcibly().waitFor(); // the pipe to it breaks
    }
    return acknowledged;
  }

  private static String transaction(int number) {
    return "BEGIN;"
        + ("INSERT INTO t VALUES(" + number + ", randomblob(500));").repeat(ROWS)
        + "COMMIT;SELECT "
        + number
        + ";\n";
  }

  /** Gives the last transaction that is there. */
  private static int check(Workplace place, int acknowledged) throws Exception {
    assertEquals("ok\n", place.run("sqlite3", "db", "PRAGMA integrity_check;"));
    String found = place.run("sqlite3", "db", "SELECT max(n), count(*) FROM t;").strip();
    int last = Integer.parseInt(found.substring(0, found.indexOf('|')));
    assertEquals(last + "|" + last * ROWS, found, "whole transactions, without a gap");
    assertTrue(last >= acknowledged, () -> last + " is there of " + acknowledged);
    return last;
  }
}
