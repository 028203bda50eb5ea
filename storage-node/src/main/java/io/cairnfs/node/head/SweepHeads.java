package io.cairnfs.node.head;

import io.cairnfs.node.head.machine.HeadResult;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.SweepMethods;
import io.cairnfs.protocol.head.Sweeps;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.message.Command;
import io.cairnfs.protocol.head.message.DoneReply;
import io.cairnfs.protocol.head.message.OpenSweepReply;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Transport;
import java.time.Duration;

/**
 * The sweeps of the volumes hosted here: turns the port's calls, and the requests of others, into
 * commands of the heads' logs. Thread-safe.
 */
public final class SweepHeads implements Sweeps {

  private static final byte[] NO_BODIES = new byte[0];

  private final HostedHeads heads;

  public SweepHeads(HostedHeads heads) {
    this.heads = heads;
  }

  /** Registers the methods on a transport, before it listens. */
  public void register(Transport transport) {
    HeadService.handle(
        transport,
        SweepMethods.OPEN,
        (request, bodies, timeout) -> {
          long epoch =
              open(
                  HeadMessages.decodeVolume(request.getVolume()),
                  HeadMessages.decodeSession(request.getSession()),
                  timeout);
          return Envelope.of(OpenSweepReply.newBuilder().setEpoch(epoch).build());
        });
    HeadService.handle(
        transport,
        SweepMethods.CLOSE,
        (request, bodies, timeout) -> {
          close(
              HeadMessages.decodeVolume(request.getVolume()),
              HeadMessages.decodeSession(request.getSession()),
              request.getEpoch(),
              timeout);
          return Envelope.of(DoneReply.getDefaultInstance());
        });
  }

  @Override
  public long open(VolumeId volume, SessionId session, Duration timeout)
      throws HeadException, InterruptedException {
    HeadResult result =
        execute(
            volume, Command.newBuilder().setOpenSweep(SweepMethods.open(volume, session)), timeout);
    return ((HeadResult.SweepOpened) result).epoch();
  }

  @Override
  public void close(VolumeId volume, SessionId session, long epoch, Duration timeout)
      throws HeadException, InterruptedException {
    execute(
        volume,
        Command.newBuilder().setCloseSweep(SweepMethods.close(volume, session, epoch)),
        timeout);
  }

  /** Strangers' requests do not get into the log. */
  private HeadResult execute(VolumeId volume, Command.Builder command, Duration timeout)
      throws HeadException, InterruptedException {
    CellHeads host = heads.of(volume).heads();
    host.info(volume, timeout);
    HeadResult result = host.engine().execute(command, NO_BODIES, timeout);
    if (result instanceof HeadResult.Refused(HeadException.Reason reason, String message)) {
      throw new HeadException(reason, message);
    }
    return result;
  }
}
