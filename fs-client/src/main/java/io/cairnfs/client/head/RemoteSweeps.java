package io.cairnfs.client.head;

import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.SweepMethods;
import io.cairnfs.protocol.head.Sweeps;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Transport;
import java.time.Duration;

/** The sweeps of one cell's volumes, asked over a transport as {@link RemoteHead} is. */
public final class RemoteSweeps implements Sweeps {

  private final VoterCalls voters;

  /**
   * @param place where the voters are
   */
  public RemoteSweeps(Transport transport, HeadPlace place) {
    this.voters = new VoterCalls(transport, place, VoterCalls.ATTEMPT);
  }

  @Override
  public long open(VolumeId volume, SessionId session, Duration timeout)
      throws HeadException, InterruptedException {
    return voters
        .call(SweepMethods.OPEN, Envelope.of(SweepMethods.open(volume, session)), timeout)
        .message()
        .getEpoch();
  }

  @Override
  public void close(VolumeId volume, SessionId session, long epoch, Duration timeout)
      throws HeadException, InterruptedException {
    voters.call(
        SweepMethods.CLOSE, Envelope.of(SweepMethods.close(volume, session, epoch)), timeout);
  }
}
