package io.cairnfs.node.head;

import io.cairnfs.node.head.machine.HeadResult;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.Recovery;
import io.cairnfs.protocol.head.RecoveryMethods;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.message.Command;
import io.cairnfs.protocol.head.message.DoneReply;
import io.cairnfs.protocol.head.message.ExportReply;
import io.cairnfs.protocol.head.message.FoundingRecord;
import io.cairnfs.protocol.head.message.HeadRecord;
import io.cairnfs.protocol.head.message.RecoverRequest;
import io.cairnfs.protocol.head.message.RetireRequest;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Transport;
import java.time.Duration;

/** The heads hosted here as wholes: answers for them, and founds volumes again. Thread-safe. */
public final class RecoveryHeads implements Recovery {

  private static final byte[] NO_BODIES = new byte[0];

  private final HostedHeads heads;

  public RecoveryHeads(HostedHeads heads) {
    this.heads = heads;
  }

  /** Registers the methods on a transport, before it listens. */
  public void register(Transport transport) {
    HeadService.handle(
        transport,
        RecoveryMethods.EXPORT,
        (request, bodies, timeout) ->
            Envelope.of(
                ExportReply.newBuilder()
                    .setHead(export(HeadMessages.decodeVolume(request.getVolume()), timeout))
                    .build()));
    HeadService.handle(
        transport,
        RecoveryMethods.RECOVER,
        (request, bodies, timeout) -> {
          recover(request, timeout);
          return Envelope.of(DoneReply.getDefaultInstance());
        });
  }

  @Override
  public HeadRecord export(VolumeId volume, Duration timeout)
      throws HeadException, InterruptedException {
    return heads.of(volume).heads().engine().read(machine -> machine.export(volume), timeout);
  }

  @Override
  public void recover(RecoverRequest request, Duration timeout)
      throws HeadException, InterruptedException {
    Founding founding = HeadMessages.decode(request.getFounding());
    CellHeads host = heads.placeOf(founding).heads();
    host.requirePlace(founding);
    execute(host.engine(), Command.newBuilder().setRecover(request), timeout);
  }

  /**
   * Forgets a volume that its owner has founded again elsewhere; its sessions end.
   *
   * @param engine of the heads that it is among
   * @param later the founding record that holds
   */
  static void retire(HeadEngine engine, FoundingRecord later, Duration timeout)
      throws HeadException, InterruptedException {
    execute(
        engine,
        Command.newBuilder().setRetire(RetireRequest.newBuilder().setFounding(later)),
        timeout);
  }

  private static void execute(HeadEngine engine, Command.Builder command, Duration timeout)
      throws HeadException, InterruptedException {
    HeadResult result = engine.execute(command, NO_BODIES, timeout);
    if (result instanceof HeadResult.Refused(HeadException.Reason reason, String message)) {
      throw new HeadException(reason, message);
    }
  }
}
