package io.cairnfs.client.cli;

import java.io.InputStream;
import java.io.OutputStream;

/** The training run of the AOT cache: uses what commands use, so that they start with it loaded. */
final class Training {

  private Training() {}

  public static void main(String[] arguments) {
    for (String[] commandLine : new String[][] {{"--version"}, {"--help"}, {"--no-such-option"}}) {
      CairnCommand.run(
          new Console(
              InputStream.nullInputStream(),
              OutputStream.nullOutputStream(),
              OutputStream.nullOutputStream()),
          commandLine);
    }
  }
}
