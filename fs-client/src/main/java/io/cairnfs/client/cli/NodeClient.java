package io.cairnfs.client.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.cairnfs.protocol.admin.AdminMethods;
import io.cairnfs.protocol.admin.message.ChangeWorkerReply;
import io.cairnfs.protocol.admin.message.ChangeWorkerRequest;
import io.cairnfs.protocol.admin.message.KnownVolumesReply;
import io.cairnfs.protocol.admin.message.KnownVolumesRequest;
import io.cairnfs.protocol.admin.message.NodeStatusReply;
import io.cairnfs.protocol.admin.message.NodeStatusRequest;
import io.cairnfs.protocol.admin.message.WorkerStatus;
import io.cairnfs.protocol.block.BlockMethods;
import io.cairnfs.protocol.block.message.BlockStat;
import io.cairnfs.protocol.block.message.DeleteBlocksRequest;
import io.cairnfs.protocol.block.message.ListPinsReply;
import io.cairnfs.protocol.block.message.ListPinsRequest;
import io.cairnfs.protocol.block.message.PinBlocksRequest;
import io.cairnfs.protocol.block.message.StatBlocksRequest;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.message.FoundingRecord;
import io.cairnfs.protocol.repair.RepairMethods;
import io.cairnfs.protocol.repair.message.DrainReply;
import io.cairnfs.protocol.repair.message.DrainRequest;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Method;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** What operators ask of one node, a block at a time. */
final class NodeClient {

  /** For one request: a person waits. */
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final Transport transport;
  private final Peer node;

  NodeClient(Transport transport, Peer node) {
    this.transport = transport;
    this.node = node;
  }

  BlockStat stat(Cid cid) throws WireException, InterruptedException {
    List<BlockStat> stats =
        call(
                BlockMethods.STAT,
                Envelope.of(StatBlocksRequest.newBuilder().addCid(binary(cid)).build()))
            .message()
            .getStatList();
    check(stats.stream().map(BlockStat::getStatus).toList(), cid);
    return stats.getFirst();
  }

  void delete(Cid cid) throws WireException, InterruptedException {
    DeleteBlocksRequest request = DeleteBlocksRequest.newBuilder().addCid(binary(cid)).build();
    check(call(BlockMethods.DELETE, Envelope.of(request)).message().getStatusList(), cid);
  }

  void pin(Cid cid, boolean remove) throws WireException, InterruptedException {
    PinBlocksRequest request =
        PinBlocksRequest.newBuilder().addCid(binary(cid)).setRemove(remove).build();
    check(call(BlockMethods.PIN, Envelope.of(request)).message().getStatusList(), cid);
  }

  /** Gives every pin to the consumer, page by page. */
  void pins(Consumer<Cid> consumer) throws WireException, InterruptedException {
    ByteString after = ByteString.EMPTY;
    boolean more = true;
    while (more) {
      ListPinsReply page =
          call(
                  BlockMethods.LIST_PINS,
                  Envelope.of(ListPinsRequest.newBuilder().setAfter(after).build()))
              .message();
      for (ByteString cid : page.getCidList()) {
        consumer.accept(Cid.decode(cid.toByteArray()));
      }
      more = page.getMore();
      if (more && page.getCidCount() == 0) {
        throw new WireException(WireError.MALFORMED, "the node says that an empty page has a next");
      }
      after = more ? page.getCid(page.getCidCount() - 1) : after;
    }
  }

  NodeStatusReply status() throws WireException, InterruptedException {
    return call(AdminMethods.NODE_STATUS, Envelope.of(NodeStatusRequest.getDefaultInstance()))
        .message();
  }

  /**
   * Gives an order to a worker.
   *
   * @return how it is then
   * @throws CommandException if the node refuses, with its reason
   */
  WorkerStatus change(ChangeWorkerRequest order)
      throws WireException, CommandException, InterruptedException {
    ChangeWorkerReply reply = call(AdminMethods.CHANGE_WORKER, Envelope.of(order)).message();
    if (!reply.getRefusal().isEmpty()) {
      throw new CommandException(reply.getRefusal());
    }
    return reply.getWorker();
  }

  /** Gives the founding record of every volume that the node knows of to the consumer. */
  void knownVolumes(Consumer<Founding> consumer) throws WireException, InterruptedException {
    ByteString after = ByteString.EMPTY;
    boolean more = true;
    while (more) {
      KnownVolumesRequest request = KnownVolumesRequest.newBuilder().setAfter(after).build();
      KnownVolumesReply page = call(AdminMethods.KNOWN_VOLUMES, Envelope.of(request)).message();
      for (FoundingRecord record : page.getFoundingList()) {
        consumer.accept(HeadMessages.decode(record));
        after = record.getVolume();
      }
      more = page.getMore() && page.getFoundingCount() > 0;
    }
  }

  DrainReply drain(DrainRequest.Action action, boolean force)
      throws WireException, InterruptedException {
    DrainRequest request = DrainRequest.newBuilder().setAction(action).setForce(force).build();
    return call(RepairMethods.DRAIN, Envelope.of(request)).message();
  }

  private <Q extends MessageLite, R extends MessageLite> Envelope<R> call(
      Method<Q, R> method, Envelope<Q> request) throws WireException, InterruptedException {
    return transport.request(node, method, request, TIMEOUT);
  }

  /** Turns the status of one block into a failure; zero is success. */
  private static void check(List<Integer> statuses, Cid cid) throws WireException {
    if (statuses.size() != 1) {
      throw new WireException(
          WireError.MALFORMED, "the node answered for " + statuses.size() + " blocks");
    }
    if (statuses.getFirst() != 0) {
      throw new WireException(WireError.of(statuses.getFirst()), cid.toString());
    }
  }

  private static ByteString binary(Cid cid) {
    return ByteString.copyFrom(cid.toBytes());
  }
}
