package io.cairnfs.client.cli;

/** The exit codes of every command. */
final class ExitCode {

  static final int OK = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;

  /** Something was done, something was not. */
  static final int PARTIAL = 3;

  static final int INTERRUPTED = 130;

  private ExitCode() {}
}
