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
    int exitCode =
        switch (failure) {
          case CommandException told -> {
            err.println("cairn: " + told.getMessage());
            yield told.exitCode();
          }
          case InterruptedException interrupted -> {
            err.println("cairn: interrupted");
            yield ExitCode.INTERRUPTED;
          }
          case WireException wire -> {
            err.println("cairn: " + wire.detail() + ": " + Remedies.of(wire.error()));
            yield ExitCode.FAILED;
          }
          case FileSystemException file -> {
            err.println("cairn: " + Remedies.of(file));
            yield ExitCode.FAILED;
          }
          default -> {
            err.println("cairn: " + oneLine(failure));
            yield ExitCode.FAILED;
          }
        };
    if (command.getCommandSpec().root().userObject() instanceof CairnCommand root
        && root.verbose()) {
      failure.printStackTrace(err);
    }
    return exitCode;
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
