package io.cairnfs.dht.driver;

import com.google.protobuf.MessageLite;
import io.cairnfs.dht.core.Input;
import io.cairnfs.dht.core.Output;
import io.cairnfs.dht.core.RememberedNode;
import io.cairnfs.dht.core.Request;
import io.cairnfs.dht.core.Response;
import io.cairnfs.dht.record.InvalidRecordException;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.protocol.dht.DhtMethods;
import io.cairnfs.protocol.dht.FindNodeRequest;
import io.cairnfs.protocol.dht.GetValueRequest;
import io.cairnfs.protocol.dht.PingRequest;
import io.cairnfs.protocol.dht.PutValueRequest;
import io.cairnfs.protocol.dht.RememberedPeer;
import io.cairnfs.protocol.dht.SignedNodeRecord;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Method;
import io.cairnfs.protocol.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends the core's requests, and turns whatever comes of them into one input each. */
final class DhtClient {

  private static final Logger LOG = LoggerFactory.getLogger(DhtClient.class);

  /** Reads a reply of one method. */
  @FunctionalInterface
  private interface ReplyReader<R> {
    Input read(R reply) throws InvalidRecordException;
  }

  private final Transport transport;
  private final RecordReader records;
  private final Duration timeout;
  private final int maxDown;
  private final Consumer<Input> inputs;
  private final Executor readers;

  /**
   * @param maxDown so many nodes of a reply that are down are read, and no more
   * @param readers where replies are read: verifying signatures takes too long for the threads of a
   *     transport
   */
  DhtClient(
      Transport transport,
      RecordReader records,
      Duration timeout,
      int maxDown,
      Consumer<Input> inputs,
      Executor readers) {
    this.transport = transport;
    this.records = records;
    this.timeout = timeout;
    this.maxDown = maxDown;
    this.inputs = inputs;
    this.readers = readers;
  }

  /**
   * @param self this node's record; null for a client
   */
  void send(Output.Send send, @Nullable NodeRecord self) {
    long id = send.requestId();
    SignedNodeRecord sender = self == null ? SignedNodeRecord.getDefaultInstance() : self.signed();
    switch (send.request()) {
      case Request.Ping() -> {
        PingRequest.Builder message = PingRequest.newBuilder();
        if (self != null) {
          message.setSender(sender);
        }
        call(
            send,
            DhtMethods.PING,
            message.build(),
            reply -> new Input.Replied(id, records.read(reply.getSelf()), new Response.Pong()));
      }
      case Request.FindNode find -> {
        FindNodeRequest.Builder message =
            FindNodeRequest.newBuilder()
                .setTarget(DhtCodec.message(find.target()))
                .setCount(find.count());
        if (self != null) {
          message.setSender(sender);
        }
        call(
            send,
            DhtMethods.FIND_NODE,
            message.build(),
            reply ->
                new Input.Replied(
                    id,
                    records.read(reply.getSelf()),
                    new Response.Nodes(
                        nodes(reply.getCloserList(), find.count()), down(reply.getDownList()))));
      }
      case Request.PutValue put -> {
        PutValueRequest.Builder message =
            PutValueRequest.newBuilder().setValue(DhtCodec.message(put.value()));
        if (self != null) {
          message.setSender(sender);
        }
        call(
            send,
            DhtMethods.PUT_VALUE,
            message.build(),
            reply ->
                new Input.Replied(
                    id,
                    records.read(reply.getSelf()),
                    new Response.PutOutcome(
                        reply.getStored(),
                        reply.hasNewer() ? DhtCodec.value(reply.getNewer()) : null)));
      }
      case Request.GetValue get -> {
        GetValueRequest.Builder message =
            GetValueRequest.newBuilder().setKey(DhtCodec.message(get.key()));
        if (self != null) {
          message.setSender(sender);
        }
        call(
            send,
            DhtMethods.GET_VALUE,
            message.build(),
            reply ->
                new Input.Replied(
                    id,
                    records.read(reply.getSelf()),
                    new Response.Held(reply.hasValue() ? DhtCodec.value(reply.getValue()) : null)));
      }
    }
  }

  private <Q extends MessageLite, R extends MessageLite> void call(
      Output.Send send, Method<Q, R> method, Q message, ReplyReader<R> reader) {
    CompletableFuture<Envelope<R>> reply =
        transport.call(send.to(), method, Envelope.of(message), timeout);
    var unused =
        reply.whenCompleteAsync(
            (envelope, failure) -> {
              Input input = new Input.Failed(send.requestId());
              if (failure == null) {
                try {
                  input = reader.read(envelope.message());
                } catch (InvalidRecordException | IllegalArgumentException e) {
                  LOG.warn("{} answered {} with nonsense: {}", send.to(), method, e.getMessage());
                }
              } else {
                LOG.debug("{} did not answer {}: {}", send.to(), method, failure.toString());
              }
              inputs.accept(input);
            },
            readers);
  }

  /**
   * The good ones of the nodes that another tells of; a bad one is no reason to lose the others.
   */
  private List<NodeRecord> nodes(List<SignedNodeRecord> told, int max) {
    List<NodeRecord> nodes = new ArrayList<>();
    for (SignedNodeRecord signed : told.subList(0, Math.min(told.size(), max))) {
      NodeRecord node = readOrIgnore(signed);
      if (node != null) {
        nodes.add(node);
      }
    }
    return nodes;
  }

  private List<RememberedNode> down(List<RememberedPeer> told) {
    List<RememberedNode> nodes = new ArrayList<>();
    for (RememberedPeer peer : told.subList(0, Math.min(told.size(), maxDown))) {
      NodeRecord node = readOrIgnore(peer.getRecord());
      if (node != null) {
        nodes.add(new RememberedNode(node, Math.max(0, peer.getDownMillis())));
      }
    }
    return nodes;
  }

  private @Nullable NodeRecord readOrIgnore(SignedNodeRecord signed) {
    try {
      return records.read(signed);
    } catch (InvalidRecordException e) {
      LOG.warn("a node that others told of is ignored: {}", e.getMessage());
      return null;
    }
  }
}
