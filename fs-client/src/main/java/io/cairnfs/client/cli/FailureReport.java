package io.cairnfs.client.cli;

import io.cairnfs.protocol.transport.WireException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** The border between failures and the user: one line, and the stack trace only with {@code -v}. */
final class FailureReport implements IExecutionExceptionHandler {

  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    err.println("cairn: " + message(failure));
    int exitCode =
        switch (failure) {
          case CommandException told when told.exitCode() != ExitCode.FAILED -> told.exitCode();
          case InterruptedException interrupted -> ExitCode.INTERRUPTED;
          default -> command.getCommandSpec().exitCodeOnExecutionException();
        };
    if (command.getCommandSpec().root().userObject() instanceof CairnCommand root
        && root.verbose()) {
      failure.printStackTrace(err);
    }
    return exitCode;
  }

  /** One line: what failed, on what, and what to do. */
  static String message(Exception failure) {
    return switch (failure) {
      case CommandException told -> String.valueOf(told.getMessage());
      case InterruptedException interrupted -> "interrupted";
      case WireException wire -> wire.detail() + ": " + Remedies.of(wire.error());
      case FileSystemException file -> Remedies.of(file);
      default -> oneLine(failure);
    };
  }

  private static String oneLine(Exception failure) {
    String message = failure.getMessage();
    String kind = failure.getClass().getSimpleName();
    if (failure instanceof IOException && message != null) {
      return message.lines().findFirst().orElse(kind);
    }
    return message == null ? kind : kind + ": " + message.lines().findFirst().orElse("");
  }
}
