package io.cairnfs.client.vfs;

import io.cairnfs.client.namespace.Namespace;
import java.io.IOException;
import java.util.function.Consumer;

/** Opens sessions of one volume, one after the other. */
@FunctionalInterface
public interface Sessions {

  /**
   * Opens a session.
   *
   * @param onDeath called once, on any thread, with the reason when the session dies other than by
   *     being closed
   * @throws IOException if there can be none now: the head cannot be reached, or another session
   *     holds the volume
   */
  Namespace open(Consumer<String> onDeath) throws IOException, InterruptedException;
}
