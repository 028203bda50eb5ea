package io.cairnfs.client.cli;

import org.jspecify.annotations.Nullable;

/** A command failed. The message is one line: what failed, on what, and what to do. */
final class CommandException extends Exception {

  private static final long serialVersionUID = 1;

  private final int exitCode;

  CommandException(String message) {
    this(message, null);
  }

  CommandException(String message, @Nullable Throwable cause) {
    this(ExitCode.FAILED, message, cause);
  }

  CommandException(int exitCode, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  int exitCode() {
    return exitCode;
  }
}
