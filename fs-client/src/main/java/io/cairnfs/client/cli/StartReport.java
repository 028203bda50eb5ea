package io.cairnfs.client.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * How a mount's process in the background tells the command that started it that it is usable, or
 * why not: a file that is empty until then, and ends with a line end once it is complete.
 */
record StartReport(Path file) {

  private static final String USABLE = "usable";

  /** Told once, when programs can use the mount. */
  @FunctionalInterface
  interface Usable {
    void mounted(MountRecord mount) throws IOException;
  }

  /** What a process does that is to be reported. */
  @FunctionalInterface
  interface Work {
    int run() throws CommandException, IOException, InterruptedException;
  }

  void usable(MountRecord mount) throws IOException {
    write(USABLE);
  }

  /** Does the work, and reports its failure too. */
  int around(Work work) throws CommandException, IOException, InterruptedException {
    try {
      return work.run();
    } catch (CommandException | IOException | InterruptedException | RuntimeException e) {
      write(FailureReport.message(e));
      throw e;
    }
  }

  /** Tells the other side, unless it has gone because it was told already. */
  private void write(String text) throws IOException {
    if (Files.exists(file)) {
      Files.writeString(file, text.replace('\n', ' ') + "\n", StandardOpenOption.TRUNCATE_EXISTING);
    }
  }

  /** What was reported: empty for success, otherwise why not; null if nothing was yet. */
  @Nullable String read() throws IOException {
    String text = Files.readString(file);
    if (!text.endsWith("\n")) {
      return null;
    }
    return text.strip().equals(USABLE) ? "" : text.strip();
  }
}
