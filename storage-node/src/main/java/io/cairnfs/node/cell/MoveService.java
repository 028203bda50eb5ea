package io.cairnfs.node.cell;

import com.google.protobuf.ByteString;
import io.cairnfs.node.head.HeadEngine;
import io.cairnfs.node.head.Hosted;
import io.cairnfs.node.head.HostedHeads;
import io.cairnfs.node.head.machine.HeadResult;
import io.cairnfs.protocol.cell.CellId;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.FoundingSignature;
import io.cairnfs.protocol.head.HeadErrors;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.HeadMethods;
import io.cairnfs.protocol.head.message.AdoptBegin;
import io.cairnfs.protocol.head.message.AdoptRequest;
import io.cairnfs.protocol.head.message.Command;
import io.cairnfs.protocol.head.message.DoneReply;
import io.cairnfs.protocol.head.message.FoundingRecord;
import io.cairnfs.protocol.head.message.MoveRequest;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Caller;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Answers those who move volumes: owners, who ask the cell that hosts one to hand it over, and the
 * leaders of other cells, who bring one here. Thread-safe.
 */
final class MoveService {

  private static final byte[] NO_BODIES = new byte[0];
  private static final Envelope<DoneReply> DONE = Envelope.of(DoneReply.getDefaultInstance());

  private final HostedHeads heads;
  private final CellCalls calls;

  MoveService(HostedHeads heads, CellCalls calls) {
    this.heads = heads;
    this.calls = calls;
  }

  /** A method of this service. */
  @FunctionalInterface
  private interface Step {
    void run() throws HeadException, InterruptedException;
  }

  /** Registers the methods on a transport, before it listens. */
  void register(Transport transport) {
    transport.handle(
        HeadMethods.MOVE,
        (caller, request, timeout) -> answer(() -> move(request.message(), timeout)));
    transport.handle(
        HeadMethods.ADOPT,
        (caller, request, timeout) -> {
          byte[] bodies = request.bodies().isEmpty() ? NO_BODIES : request.bodies().getFirst();
          return answer(() -> adopt(caller, request.message(), bodies, timeout));
        });
  }

  private static Envelope<DoneReply> answer(Step step) throws WireException, InterruptedException {
    try {
      step.run();
      return DONE;
    } catch (HeadException e) {
      throw HeadErrors.toWire(e);
    } catch (IllegalArgumentException e) {
      throw new WireException(WireError.MALFORMED, String.valueOf(e.getMessage()), e);
    }
  }

  /** Seals a volume, once the other cell has said that it has room. The mover does the rest. */
  private void move(MoveRequest request, Duration timeout)
      throws HeadException, InterruptedException {
    FoundingRecord to = request.getDestination();
    Founding destination = HeadMessages.decode(to);
    HeadEngine engine = heads.of(destination.volume()).heads().engine();
    Optional<FoundingRecord> origin = engine.read(machine -> machine.originOf(to), timeout);
    CellId cell = destination.cell();
    if (cell == null) {
      throw new HeadException(Reason.REFUSED, "volumes move to cells only");
    }
    if (origin.isPresent()) {
      calls.call(cell, HeadMethods.ADOPT, Envelope.of(begin(origin.get(), to)), timeout);
      execute(engine, Command.newBuilder().setSeal(request), NO_BODIES, timeout);
    }
  }

  static AdoptRequest begin(FoundingRecord origin, FoundingRecord destination) {
    return AdoptRequest.newBuilder()
        .setOrigin(origin)
        .setDestination(destination)
        .setAttempt(ByteString.copyFromUtf8(UUID.randomUUID().toString()))
        .setBegin(AdoptBegin.getDefaultInstance())
        .build();
  }

  private void adopt(Caller caller, AdoptRequest request, byte[] bodies, Duration timeout)
      throws HeadException, InterruptedException {
    Founding destination = HeadMessages.decode(request.getDestination());
    Hosted hosted = heads.placeOf(destination);
    hosted.heads().requirePlace(destination);
    hosted.heads().engine().requireLead();
    if (destination.cell() == null || !isFrom(caller.id(), request, destination)) {
      throw new HeadException(
          Reason.REFUSED, caller.id() + " does not host the volume that it brings");
    }
    execute(
        hosted.heads().engine(),
        // Who hosted it before is of no account in the log.
        Command.newBuilder().setAdopt(request.toBuilder().clearOrigin()),
        bodies,
        timeout);
  }

  /** Whether a node hosts a volume by the record that its owner signed last before this move. */
  private boolean isFrom(NodeId node, AdoptRequest request, Founding destination)
      throws HeadException, InterruptedException {
    Founding origin = HeadMessages.decode(request.getOrigin());
    if (!origin.volume().equals(destination.volume())
        || origin.move() + 1 != destination.move()
        || !FoundingSignature.verify(origin)
        || !FoundingSignature.verify(destination)) {
      return false;
    }
    CellId cell = origin.cell();
    List<NodeId> voters = cell == null ? origin.voters() : calls.members(cell);
    return voters.contains(node);
  }

  static void execute(HeadEngine engine, Command.Builder command, byte[] bodies, Duration timeout)
      throws HeadException, InterruptedException {
    HeadResult result = engine.execute(command, bodies, timeout);
    if (result instanceof HeadResult.Refused(Reason reason, String message)) {
      throw new HeadException(reason, message);
    }
  }
}
