package io.cairnfs.client.jnr;

import io.cairnfs.client.fuse.linux.MountTable;
import io.cairnfs.client.fuse.mounting.MountException;
import io.cairnfs.client.fuse.mounting.MountOptions;
import io.cairnfs.client.fuse.mounting.MountPoint;
import io.cairnfs.client.fuse.mounting.ServedMount;
import io.cairnfs.client.fuse.mounting.Unmounter;
import io.cairnfs.client.vfs.Vfs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A file system mounted by libfuse 2 through jnr-fuse: the facade of this package. Thread-safe. */
public final class JnrMount extends ServedMount {

  /** What mounting by libfuse takes at most. */
  private static final Duration START = Duration.ofSeconds(20);

  private JnrMount(Path directory, Vfs vfs, Duration timeout, LibFuseLoop loop) {
    super(directory, vfs, timeout, loop);
  }

  /**
   * Mounts a file system on a directory and serves it. A mount that a killed client left there is
   * removed first.
   *
   * @throws MountException with the remedy, if it cannot be mounted
   */
  public static ServedMount mount(Path directory, Vfs vfs, MountOptions options)
      throws IOException, InterruptedException {
    String words = LibFuseOptions.text(options);
    Path real = MountPoint.prepare(directory);
    Calls calls = new Calls(options.timeout());
    LibFuseLoop loop = new LibFuseLoop(callbacks(vfs, calls), calls);
    try {
      loop.start(real, words, START);
    } catch (MountException | InterruptedException e) {
      if (MountTable.at(real).filter(m -> m.type().equals(MountOptions.TYPE)).isPresent()) {
        Unmounter.abort(real);
      }
      throw e;
    }
    return new JnrMount(real, vfs, options.timeout(), loop);
  }

  private static LibFuseCallbacks callbacks(Vfs vfs, Calls calls) throws MountException {
    try {
      return new LibFuseCallbacks(vfs, calls);
    } catch (LinkageError e) { // jnr has no other way to say so
      throw new MountException(
          "binding=jnr needs libfuse 2 (libfuse.so.2): run `apt-get install libfuse2`", e);
    }
  }
}
