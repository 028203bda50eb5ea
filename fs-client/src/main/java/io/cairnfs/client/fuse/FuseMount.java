package io.cairnfs.client.fuse;

import io.cairnfs.client.fuse.linux.LibC;
import io.cairnfs.client.fuse.mounting.MountException;
import io.cairnfs.client.fuse.mounting.MountOptions;
import io.cairnfs.client.fuse.mounting.Mounter;
import io.cairnfs.client.fuse.mounting.ReadAhead;
import io.cairnfs.client.fuse.mounting.ServedMount;
import io.cairnfs.client.fuse.mounting.Unmounter;
import io.cairnfs.client.fuse.session.FuseSession;
import io.cairnfs.client.vfs.Vfs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A file system mounted by speaking to the kernel: the facade of this package. Thread-safe. */
public final class FuseMount extends ServedMount {

  private final FuseNotifier notifier;

  private FuseMount(
      Path directory, Vfs vfs, Duration timeout, FuseSession session, FuseNotifier notifier) {
    super(directory, vfs, timeout, session);
    this.notifier = notifier;
  }

  /**
   * Mounts a file system on a directory and serves it. A mount that a killed client left there is
   * removed first.
   *
   * @throws MountException with the remedy, if it cannot be mounted
   */
  public static FuseMount mount(Path directory, Vfs vfs, MountOptions options)
      throws IOException, InterruptedException {
    Mounter.Mounted mounted = Mounter.mount(directory, options);
    FuseSession session;
    try {
      session = new FuseSession(mounted.device(), vfs, options);
    } catch (IOException | RuntimeException | Error e) {
      LibC.close(mounted.device());
      Unmounter.detach(mounted.directory());
      throw e;
    }
    FuseNotifier notifier = new FuseNotifier(session.notices(), session.negotiation());
    vfs.serve(notifier);
    session.start();
    ReadAhead.set(mounted.directory(), options.readAheadBytes());
    return new FuseMount(mounted.directory(), vfs, options.timeout(), session, notifier);
  }

  public FuseNotifier notifier() {
    return notifier;
  }
}
