package io.cairnfs.client.head;

import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.Recovery;
import io.cairnfs.protocol.head.RecoveryMethods;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.message.HeadRecord;
import io.cairnfs.protocol.head.message.RecoverRequest;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Transport;
import java.time.Duration;

/** The heads of one cell as wholes, asked over a transport as {@link RemoteHead} is. */
public final class RemoteRecovery implements Recovery {

  private final VoterCalls voters;

  /**
   * @param place of the volumes that are asked for
   */
  public RemoteRecovery(Transport transport, HeadPlace place) {
    this.voters = new VoterCalls(transport, place, VoterCalls.ATTEMPT);
  }

  @Override
  public HeadRecord export(VolumeId volume, Duration timeout)
      throws HeadException, InterruptedException {
    return voters
        .call(RecoveryMethods.EXPORT, Envelope.of(RecoveryMethods.export(volume)), timeout)
        .message()
        .getHead();
  }

  @Override
  public void recover(RecoverRequest request, Duration timeout)
      throws HeadException, InterruptedException {
    voters.call(RecoveryMethods.RECOVER, Envelope.of(request), timeout);
  }
}
