package io.cairnfs.client.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/** Where logs go: to stderr, one line each; failures with their stack. */
final class Logging {

  private static final String FORMAT =
      "%1$tFT%1$tT.%1$tL %4$s %3$s: %5$s%6$s%n"; // time, level, logger, message, stack

  /**
   * It tells of each failed call to a voter that is down; what matters of it is told by those who
   * use it.
   */
  private static final String RATIS_IS_SILENT = "org.apache.ratis.level=OFF\n";

  /** Held, so that its level is not collected with it. */
  private static final Logger CAIRN = Logger.getLogger("io.cairnfs");

  private Logging() {}

  /** For commands that end soon: only warnings. */
  static void quiet() {
    configure(Level.WARNING);
  }

  /** For processes that serve: what an operator wants to know. */
  static void serving(boolean verbose) {
    configure(verbose ? Level.FINE : Level.INFO);
  }

  static void verbose() {
    configure(Level.FINE);
  }

  private static void configure(Level level) {
    System.setProperty("java.util.logging.SimpleFormatter.format", FORMAT);
    String configuration =
        """
        handlers=java.util.logging.ConsoleHandler
        java.util.logging.ConsoleHandler.level=ALL
        java.util.logging.ConsoleHandler.formatter=java.util.logging.SimpleFormatter
        .level=WARNING
        """
            + (level.equals(Level.FINE) ? "" : RATIS_IS_SILENT);
    try {
      LogManager.getLogManager()
          .readConfiguration(
              new ByteArrayInputStream(configuration.getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    CAIRN.setLevel(level);
  }
}
