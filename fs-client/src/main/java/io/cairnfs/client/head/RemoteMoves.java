package io.cairnfs.client.head;

import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.HeadMethods;
import io.cairnfs.protocol.head.message.MoveRequest;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Transport;
import java.time.Duration;

/** Asks the voters of a volume to hand it over to another cell. Thread-safe. */
public final class RemoteMoves {

  private final VoterCalls voters;

  public RemoteMoves(Transport transport, HeadPlace place) {
    this.voters = new VoterCalls(transport, place, VoterCalls.ATTEMPT);
  }

  /**
   * Begins a move, which goes on by itself. Repeating it is fine.
   *
   * @param destination the record of the volume's next move, signed by its owner
   * @throws HeadException {@code REFUSED} if it is not that, or the other cell has no room; {@code
   *     EXISTS} if the volume is on its way to another cell; {@code UNAVAILABLE} if the voters or
   *     the other cell do not answer
   */
  public void move(Founding destination, Duration timeout)
      throws HeadException, InterruptedException {
    MoveRequest request =
        MoveRequest.newBuilder().setDestination(HeadMessages.encode(destination)).build();
    voters.call(HeadMethods.MOVE, Envelope.of(request), timeout);
  }
}
