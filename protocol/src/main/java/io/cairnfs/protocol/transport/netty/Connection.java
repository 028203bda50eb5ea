package io.cairnfs.protocol.transport.netty;

import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Caller;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import io.cairnfs.protocol.transport.message.FailureHeader;
import io.cairnfs.protocol.transport.message.Hello;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to a peer, from its handshake to its end. Both sides greet each other, and neither
 * serves or asks anything before it has admitted the other. Then both may send requests. State is
 * confined to the event loop.
 */
final class Connection extends ChannelInboundHandlerAdapter implements FrameGate {

  /** How long a last word to the peer may take. */
  private static final long FAREWELL_MILLIS = 500;

  private static final long TICK_MILLIS = 250;

  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  private final Node node;
  private final Channel channel;
  private final boolean inbound;
  private final boolean local;
  private final Handshake handshake;
  private final FrameDecoder decoder = new FrameDecoder(this);
  private final Outbox outbox;
  private final Vigil vigil;
  private final Farewell farewell;
  private final CompletableFuture<Connection> ready = new CompletableFuture<>();

  private @Nullable Admitted admitted;
  private @Nullable WireException end;

  /** What there is once the peer is admitted. */
  private record Admitted(NodeId peer, PeerShare share, Server server, Future<?> ticks) {}

  /**
   * @param local whether it is a Unix domain socket, which needs no TLS: its file's mode admits
   * @param expected the identity that must answer; null for any that is admitted
   */
  Connection(
      Node node, Channel channel, boolean inbound, boolean local, @Nullable NodeId expected) {
    this.node = node;
    this.channel = channel;
    this.inbound = inbound;
    this.local = local;
    handshake = new Handshake(node, channel, inbound, local, expected);
    outbox = new Outbox(channel);
    farewell =
        new Farewell(node.farewells(), node.config().lingerTime().toMillis(), inbound && !local);
    vigil = new Vigil(node.config(), node.shares(), decoder, outbox, System.nanoTime());
  }

  /** Puts the handlers of this connection in place. */
  void install(@Nullable SslHandler tls) {
    channel.pipeline().addLast(farewell);
    if (tls != null) {
      channel.pipeline().addLast(tls);
    }
    channel.pipeline().addLast(decoder, this);
  }

  /** Done when requests may be sent, or failed with a {@link WireException}. */
  CompletableFuture<Connection> ready() {
    return ready;
  }

  Outbox outbox() {
    return outbox;
  }

  Channel channel() {
    return channel;
  }

  boolean isInbound() {
    return inbound;
  }

  boolean isLocal() {
    return local;
  }

  boolean isUsable() {
    return channel.isActive() && ready.isDone() && !ready.isCompletedExceptionally();
  }

  private Admitted admitted() {
    Admitted known = admitted;
    if (known == null) {
      throw new IllegalStateException("the peer is not admitted yet");
    }
    return known;
  }

  /** The authenticated identity, once ready. */
  NodeId peer() {
    return admitted().peer;
  }

  Caller caller() {
    return new Caller(peer(), channel.remoteAddress());
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) throws Exception {
    var unused =
        channel
            .eventLoop()
            .schedule(
                this::checkHandshake,
                node.config().handshakeTimeout().toMillis(),
                TimeUnit.MILLISECONDS);
    if (local) {
      handshake.greet();
    }
    super.channelActive(ctx);
  }

  private void checkHandshake() {
    if (!handshake.isDone()) {
      close(new WireException(WireError.TIMEOUT, "the handshake took too long"), true);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event instanceof SslHandshakeCompletionEvent tls) {
      try {
        if (!tls.isSuccess()) {
          throw Handshake.failure(tls.cause());
        }
        handshake.identify(ctx.pipeline().get(SslHandler.class));
      } catch (WireException e) {
        close(e, false);
      }
    }
    super.userEventTriggered(ctx, event);
  }

  private void onHello(Hello hello) throws WireException {
    NodeId peer = handshake.finish(hello);
    PeerShare share = node.shares().join(peer);
    Future<?> ticks =
        channel
            .eventLoop()
            .scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    admitted = new Admitted(peer, share, new Server(node, this, share), ticks);
    outbox.open(Integer.toUnsignedLong(hello.getRequestWindowBytes()));
    farewell.linger(false);
    node.connections().established(this);
    ready.complete(this);
  }

  @Override
  public Verdict admit(FrameKind kind, int id, int bytes) throws WireException {
    if (end != null) {
      throw new WireException(WireError.CLOSING, "the connection is closing");
    }
    Admitted known = admitted;
    boolean greeting = kind == FrameKind.HELLO || (kind == FrameKind.FAILURE && id == 0);
    if (known == null ? !greeting : kind == FrameKind.HELLO) {
      throw new WireException(WireError.MALFORMED, kind + " may not stand here");
    }
    if (known == null) {
      return Verdict.TAKE;
    }
    return switch (kind) {
      case REQUEST -> known.server.admit(id, bytes);
      case RESPONSE -> {
        PendingCall<?> call = owed(id);
        if (call.isDone()) {
          outbox.answered(call);
          yield Verdict.SKIP;
        }
        yield Verdict.TAKE;
      }
      case PING ->
          known.share.faults().isExhausted(System.nanoTime()) ? Verdict.WAIT : Verdict.TAKE;
      case HELLO, FAILURE, CANCEL, PONG -> Verdict.TAKE;
    };
  }

  private PendingCall<?> owed(int id) throws WireException {
    PendingCall<?> call = outbox.inFlight(id);
    if (call == null) {
      throw new WireException(WireError.MALFORMED, "request " + id + " is not in flight");
    }
    return call;
  }

  @Override
  public void abandoned(int bytes) {
    admitted().server.releaseRequest(bytes);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws WireException {
    switch ((Frame) message) {
      case Frame.Greeting(Hello hello) -> onHello(hello);
      case Frame.Request request -> {
        vigil.used(System.nanoTime());
        admitted().server.serve(request);
      }
      case Frame.Response response -> {
        PendingCall<?> call = owed(response.id());
        outbox.answered(call);
        call.answer(response.header(), response.bodies());
      }
      case Frame.Failure failure -> onFailure(failure);
      case Frame.Cancel cancel -> admitted().server.cancel(cancel.id());
      case Frame.Ping() -> onPing();
      case Frame.Pong() -> {} // its coming is all that it says
    }
  }

  private void onPing() {
    if (vigil.isTooSoonToPing(System.nanoTime())) {
      admitted().share.faults().charge();
    }
    send(FrameEncoder.encode(FrameKind.PONG, 0, null, List.of()), List.of(), null);
  }

  private void onFailure(Frame.Failure failure) throws WireException {
    FailureHeader header = failure.header();
    WireException told = new WireException(WireError.of(header.getError()), header.getDetail());
    if (failure.id() == 0) {
      close(told, false);
      return;
    }
    PendingCall<?> call = owed(failure.id());
    outbox.answered(call);
    call.fail(told);
  }

  /** Sends an answer or control frame; a peer that reads none loses the connection. Any thread. */
  void send(byte[] head, List<byte[]> bodies, @Nullable Runnable onGone) {
    if (!outbox.answer(head, bodies, onGone) && !channel.eventLoop().isShuttingDown()) {
      channel.eventLoop().execute(() -> close(Vigil.stalled(), false));
    }
  }

  /** Ends a request with its answer. Any thread. */
  void finish(Frame.Request request, byte[] head, List<byte[]> bodies, @Nullable Runnable onGone) {
    admitted().server.finished(request);
    send(head, bodies, onGone);
  }

  /** Reads on, where the gate had no room. Any thread. */
  void resumeSoon() {
    if (!channel.eventLoop().isShuttingDown()) {
      channel.eventLoop().execute(decoder::resume);
    }
  }

  private void tick() {
    decoder.resume();
    long now = System.nanoTime();
    WireException complaint = vigil.complaint(now, admitted().server.isBusy());
    if (complaint != null) {
      close(complaint, complaint.error() == WireError.TIMEOUT);
      return;
    }
    byte[] ping = vigil.ping(now);
    if (ping != null) {
      send(ping, List.of(), null);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
    if (ctx.channel().isWritable()) {
      outbox.drain();
    }
    super.channelWritabilityChanged(ctx);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof WireException failure) {
      close(failure, true);
    } else {
      close(
          new WireException(
              WireError.UNREACHABLE, "the connection broke: " + cause.getMessage(), cause),
          false);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    close(new WireException(WireError.UNREACHABLE, "the peer closed the connection"), false);
    super.channelInactive(ctx);
  }

  /**
   * Ends the connection. Event loop only.
   *
   * @param tell whether the peer is told why
   */
  void close(WireException reason, boolean tell) {
    if (end != null) {
      return;
    }
    end = reason;
    Admitted known = admitted;
    if (inbound && known == null) {
      node.refusals().refused(channel.remoteAddress(), reason.error() + ": " + reason.detail());
    } else {
      LOG.debug("Closing the connection {}: {}", this, reason.getMessage());
    }
    node.connections().gone(this);
    if (known != null) {
      known.ticks.cancel(false);
      known.server.close();
      node.shares().leave(known.peer);
    }
    outbox.close(reason);
    if (FaultMeter.isFault(reason.error())) {
      farewell.linger(inbound && !local);
    } else if (isOurs(reason.error())) {
      farewell.linger(false);
    }
    ready.completeExceptionally(reason);
    if (tell && channel.isActive()) {
      channel
          .writeAndFlush(
              Unpooled.wrappedBuffer(FrameEncoder.failure(0, reason.error(), reason.detail())))
          .addListener(written -> farewell.end());
      var unused =
          channel.eventLoop().schedule(farewell::end, FAREWELL_MILLIS, TimeUnit.MILLISECONDS);
    } else {
      farewell.end();
    }
  }

  /** Whether a connection ends for a reason that no peer gave. */
  private static boolean isOurs(WireError reason) {
    return reason == WireError.BUSY || reason == WireError.CLOSING;
  }

  @Override
  public String toString() {
    NodeId peer = handshake.peer();
    Object address = Objects.requireNonNullElse(channel.remoteAddress(), "who was not reached");
    return (inbound ? "from " : "to ") + (peer == null ? address : peer);
  }
}
