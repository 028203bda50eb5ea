package io.cairnfs.node;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Closes what was opened, last first, unless it is kept: for openings that may fail half-way. */
final class Cleanup implements AutoCloseable {

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  <T extends AutoCloseable> T add(T resource) {
    opened.push(resource);
    return resource;
  }

  /** All went well: nothing is closed. */
  void keep() {
    opened.clear();
  }

  /** Closes everything, whatever fails. */
  @Override
  public void close() throws IOException {
    @Nullable Exception failure = null;
    for (AutoCloseable resource : opened) {
      try {
        resource.close();
      } catch (Exception e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    opened.clear();
    if (failure instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw new IOException("could not close cleanly: " + failure.getMessage(), failure);
    }
  }
}
