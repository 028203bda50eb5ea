package io.cairnfs.protocol.head;

import java.time.Duration;

/**
 * The sweeps of volumes, by which blocks that nothing needs any more are found: a head numbers
 * them, and takes no transaction that rests on claims of a sweep before the last two. Every method
 * may block for at most {@code timeout} and is safe to repeat. Thread-safe.
 */
public interface Sweeps {

  /**
   * Opens a volume's next sweep for a session, or says again which one it has open. From here on
   * the claims of the sweep before it are the oldest that may be built on. What is read of the
   * volume after this has everything that older claims hold.
   *
   * @return its number
   * @throws HeadException {@code HELD} while another session's sweep is open; {@code FENCED}
   */
  long open(VolumeId volume, SessionId session, Duration timeout)
      throws HeadException, InterruptedException;

  /**
   * Closes a sweep: everything that is alive was claimed with its number, wherever the claims of
   * sweeps before the one before it are let go after this.
   *
   * @throws HeadException {@code OVERTAKEN} if another sweep was opened since; {@code FENCED}
   */
  void close(VolumeId volume, SessionId session, long epoch, Duration timeout)
      throws HeadException, InterruptedException;
}
