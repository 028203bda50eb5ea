package io.cairnfs.client.cli;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The streams of a command: raw, since blocks pass through them. */
record Console(InputStream in, OutputStream out, OutputStream err) {

  static Console ofSystem() {
    return new Console(System.in, System.out, System.err);
  }

  PrintWriter outWriter() {
    return new PrintWriter(out, true, StandardCharsets.UTF_8);
  }

  PrintWriter errWriter() {
    return new PrintWriter(err, true, StandardCharsets.UTF_8);
  }
}
