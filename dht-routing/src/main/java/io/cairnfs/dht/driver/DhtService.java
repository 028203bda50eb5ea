package io.cairnfs.dht.driver;

import io.cairnfs.dht.core.Request;
import io.cairnfs.dht.core.Response;
import io.cairnfs.dht.record.InvalidRecordException;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.protocol.dht.DhtMethods;
import io.cairnfs.protocol.dht.FindNodeReply;
import io.cairnfs.protocol.dht.FindNodeRequest;
import io.cairnfs.protocol.dht.GetValueReply;
import io.cairnfs.protocol.dht.GetValueRequest;
import io.cairnfs.protocol.dht.PingReply;
import io.cairnfs.protocol.dht.PingRequest;
import io.cairnfs.protocol.dht.PutValueReply;
import io.cairnfs.protocol.dht.PutValueRequest;
import io.cairnfs.protocol.dht.SignedNodeRecord;
import io.cairnfs.protocol.transport.Caller;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Answers the requests of others. Thread-safe. */
final class DhtService {

  /** Lets the core answer. */
  @FunctionalInterface
  interface Core {
    Response ask(@Nullable NodeRecord sender, Request request, Duration timeout)
        throws WireException, InterruptedException;
  }

  private final Core core;
  private final RecordReader records;
  private final Supplier<NodeRecord> self;

  DhtService(Core core, RecordReader records, Supplier<NodeRecord> self) {
    this.core = core;
    this.records = records;
    this.self = self;
  }

  void register(Transport transport) {
    transport.handle(
        DhtMethods.PING, (caller, request, timeout) -> ping(caller, request.message(), timeout));
    transport.handle(
        DhtMethods.FIND_NODE,
        (caller, request, timeout) -> findNode(caller, request.message(), timeout));
    transport.handle(
        DhtMethods.PUT_VALUE,
        (caller, request, timeout) -> putValue(caller, request.message(), timeout));
    transport.handle(
        DhtMethods.GET_VALUE,
        (caller, request, timeout) -> getValue(caller, request.message(), timeout));
  }

  private Envelope<PingReply> ping(Caller caller, PingRequest message, Duration timeout)
      throws WireException, InterruptedException {
    NodeRecord sender = sender(caller, message.hasSender(), message.getSender());
    expect(Response.Pong.class, core.ask(sender, new Request.Ping(), timeout));
    return Envelope.of(PingReply.newBuilder().setSelf(self.get().signed()).build());
  }

  private Envelope<FindNodeReply> findNode(Caller caller, FindNodeRequest message, Duration timeout)
      throws WireException, InterruptedException {
    NodeRecord sender = sender(caller, message.hasSender(), message.getSender());
    Request request =
        parse(() -> new Request.FindNode(DhtCodec.key(message.getTarget()), message.getCount()));
    Response.Nodes nodes = expect(Response.Nodes.class, core.ask(sender, request, timeout));
    FindNodeReply.Builder reply = FindNodeReply.newBuilder().setSelf(self.get().signed());
    nodes.closer().forEach(node -> reply.addCloser(node.signed()));
    nodes.down().forEach(node -> reply.addDown(DhtCodec.message(node)));
    return Envelope.of(reply.build());
  }

  private Envelope<PutValueReply> putValue(Caller caller, PutValueRequest message, Duration timeout)
      throws WireException, InterruptedException {
    NodeRecord sender = sender(caller, message.hasSender(), message.getSender());
    Request request = parse(() -> new Request.PutValue(DhtCodec.value(message.getValue())));
    Response.PutOutcome outcome =
        expect(Response.PutOutcome.class, core.ask(sender, request, timeout));
    PutValueReply.Builder reply =
        PutValueReply.newBuilder().setSelf(self.get().signed()).setStored(outcome.stored());
    if (outcome.newer() != null) {
      reply.setNewer(DhtCodec.message(outcome.newer()));
    }
    return Envelope.of(reply.build());
  }

  private Envelope<GetValueReply> getValue(Caller caller, GetValueRequest message, Duration timeout)
      throws WireException, InterruptedException {
    NodeRecord sender = sender(caller, message.hasSender(), message.getSender());
    Request request = parse(() -> new Request.GetValue(DhtCodec.key(message.getKey())));
    Response.Held held = expect(Response.Held.class, core.ask(sender, request, timeout));
    GetValueReply.Builder reply = GetValueReply.newBuilder().setSelf(self.get().signed());
    if (held.value() != null) {
      reply.setValue(DhtCodec.message(held.value()));
    }
    return Envelope.of(reply.build());
  }

  /** The asking node's record, which must be its own. */
  private @Nullable NodeRecord sender(Caller caller, boolean present, SignedNodeRecord signed)
      throws WireException {
    if (!present) {
      return null;
    }
    try {
      NodeRecord sender = records.read(signed);
      if (!sender.id().equals(caller.id())) {
        throw new WireException(WireError.MALFORMED, "the sender shows the record of another node");
      }
      return sender;
    } catch (InvalidRecordException e) {
      throw new WireException(
          WireError.MALFORMED, "the sender's record is bad: " + e.getMessage(), e);
    }
  }

  private static Request parse(Supplier<Request> parser) throws WireException {
    try {
      return parser.get();
    } catch (IllegalArgumentException e) {
      throw new WireException(WireError.MALFORMED, String.valueOf(e.getMessage()), e);
    }
  }

  private static <T extends Response> T expect(Class<T> type, Response response)
      throws WireException {
    if (!type.isInstance(response)) {
      throw new WireException(WireError.INTERNAL, "the core answered with " + response);
    }
    return type.cast(response);
  }
}
