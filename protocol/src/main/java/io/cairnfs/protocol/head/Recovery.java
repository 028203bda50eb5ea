package io.cairnfs.protocol.head;

import io.cairnfs.protocol.head.message.HeadRecord;
import io.cairnfs.protocol.head.message.RecoverRequest;
import java.time.Duration;

/**
 * Heads as wholes: read to be kept elsewhere, and founded again from what was kept when their
 * voters are lost. As with {@link Head}, every method may block for at most {@code timeout} and is
 * safe to repeat. Thread-safe.
 */
public interface Recovery {

  /**
   * What a head is now, without sessions and without the deltas after its root.
   *
   * @throws HeadException {@code UNKNOWN_VOLUME}
   */
  HeadRecord export(VolumeId volume, Duration timeout) throws HeadException, InterruptedException;

  /**
   * Founds a volume again, in the place that its new founding record names. Whatever the head had
   * there in an earlier epoch is gone, and so is every session: none of them can commit any more.
   *
   * @param request see {@link RecoveryMessages#sign}
   * @throws HeadException {@code REFUSED} if the volume's key did not sign it, or something of the
   *     head is missing; {@code EXISTS} if the volume was founded in this epoch or a later one
   */
  void recover(RecoverRequest request, Duration timeout) throws HeadException, InterruptedException;
}
