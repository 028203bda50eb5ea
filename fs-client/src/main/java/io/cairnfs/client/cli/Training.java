package io.cairnfs.client.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;

/**
 * The training run of the AOT cache. What it uses is loaded and linked in the cache, and what runs
 * hot in it leaves profiles there, so that the JIT compilers of later processes need not learn them
 * anew (JEP 483, JEP 515). So it does what processes do: answers commands, and, if it is given a
 * directory to work in, runs nodes and mounts as {@link TrainingCluster} does.
 */
final class Training {

  private Training() {}

  /**
   * @param arguments an empty directory for what it stores, if it may store and mount
   */
  public static void main(String[] arguments) {
    run("--version");
    run("--help");
    run("--no-such-option");
    if (arguments.length > 0) {
      try {
        TrainingCluster.train(Path.of(arguments[0]));
      } catch (IOException | InterruptedException | RuntimeException e) {
        // What it has seen until here is worth a cache as well.
        System.err.println("the training ended early: " + e);
      }
    }
    System.exit(0); // whatever threads are left
  }

  /** Runs a command line whose answers nobody reads; returns its exit code. */
  static int run(String... commandLine) {
    return CairnCommand.run(
        new Console(
            InputStream.nullInputStream(),
            OutputStream.nullOutputStream(),
            OutputStream.nullOutputStream()),
        commandLine);
  }
}
