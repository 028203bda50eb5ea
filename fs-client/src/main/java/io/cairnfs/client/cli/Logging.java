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
        """;
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
