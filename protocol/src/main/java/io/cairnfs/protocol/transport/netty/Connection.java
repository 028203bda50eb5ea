package io.cairnfs.protocol.transport.netty;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.admission.Admission;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Caller;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import io.cairnfs.protocol.transport.message.FailureHeader;
import io.cairnfs.protocol.transport.message.Hello;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to a peer, from its handshake to its end. Both sides greet each other, and neither serves or asks anything
 * before it has admitted the other. Then both may send requests. State is confined to the event loop.
 */
final class Connection extends ChannelInboundHandlerAdapter implements FrameGate {

  /** Versions of the protocol that this side speaks. */
  static final int MIN_VERSION = 1;

  static final int MAX_VERSION = 1;

  /** The slowest link that is served, over and above the patience for a stalled one. */
  private static final long SLOWEST_BYTES_PER_SECOND = 64 << 10;

  /** How long a last word to the peer may take. */
  private static final long FAREWELL_MILLIS = 500;

  private static final long TICK_MILLIS = 250;

  /** A connection's share of the reply budget. */
  private static final int SHARES_PER_BUDGET = 4;

  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  private final Node node;
  private final Channel channel;
  private final boolean inbound;
  private final boolean local;
  private final @Nullable NodeId expected;
  private final FrameDecoder decoder = new FrameDecoder(this);
  private final Outbox outbox;
  private final Server server;
  private final Budget replies;
  private final CompletableFuture<Connection> ready = new CompletableFuture<>();

  private @Nullable NodeId peer;
  private boolean greeted;
  private @Nullable WireException end;
  private @Nullable Future<?> ticks;
  private long pingedNanos;
  private long usedNanos = System.nanoTime();

  /**
   * @param local whether it is a Unix domain socket, which needs no TLS: its file's mode admits
   * @param expected the identity that must answer; null for any that is admitted
   */
  Connection(Node node, Channel channel, boolean inbound, boolean local, @Nullable NodeId expected) {
    this.node = node;
    this.channel = channel;
    this.inbound = inbound;
    this.local = local;
    this.expected = expected;
    outbox = new Outbox(channel);
    server = new Server(node, this);
    replies = new Budget(Math.max(FrameKind.MAX_FRAME_BYTES, node.config().replyBudgetBytes() / SHARES_PER_BUDGET));
  }

  /** Puts the handlers of this connection in place. */
  void install(@Nullable SslHandler tls) {
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

  Budget replies() {
    return replies;
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

  /** The authenticated identity, once ready. */
  NodeId peer() {
    NodeId known = peer;
    if (known == null) {
      throw new IllegalStateException("the peer is not known yet");
    }
    return known;
  }

  Caller caller() {
    return new Caller(peer(), channel.remoteAddress());
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) throws Exception {
    var unused =
        channel
            .eventLoop()
            .schedule(this::checkHandshake, node.config().handshakeTimeout().toMillis(), TimeUnit.MILLISECONDS);
    if (local) {
      greet();
    }
    super.channelActive(ctx);
  }

  private void checkHandshake() {
    if (!greeted) {
      close(new WireException(WireError.TIMEOUT, "the handshake took too long"), true);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        identify(ctx.pipeline().get(SslHandler.class));
      } else {
        close(handshakeFailure(handshake.cause()), false);
      }
    }
    super.userEventTriggered(ctx, event);
  }

  private static WireException handshakeFailure(Throwable cause) {
    for (Throwable reason = cause; reason != null; reason = reason.getCause()) {
      if (reason instanceof CertificateException) {
        return new WireException(WireError.WRONG_IDENTITY, String.valueOf(reason.getMessage()), cause);
      }
    }
    return new WireException(WireError.UNREACHABLE, "the TLS handshake failed: " + cause.getMessage(), cause);
  }

  private void identify(SslHandler tls) {
    try {
      NodeId id = Tls.peerOf(tls);
      peer = id;
      if (expected != null && !expected.equals(id)) {
        close(new WireException(WireError.WRONG_IDENTITY, "expected " + expected + ", found " + id), false);
        return;
      }
      greet();
    } catch (CertificateException e) {
      close(handshakeFailure(e), false);
    }
  }

  private void greet() {
    Hello.Builder hello =
        Hello.newBuilder()
            .setMinVersion(MIN_VERSION)
            .setMaxVersion(MAX_VERSION)
            .setRequestWindowBytes(node.config().windowBytes());
    if (local) {
      hello.setNodeId(ByteString.copyFrom(node.self().key().toBytes()));
    } else {
      hello.setProof(ByteString.copyFrom(node.admission().proofFor(peer())));
    }
    byte[] frame = FrameEncoder.encode(FrameKind.HELLO, 0, hello.build(), List.of());
    channel.writeAndFlush(Unpooled.wrappedBuffer(frame)).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
  }

  private void onHello(Hello hello) throws WireException {
    if (hello.getMinVersion() > MAX_VERSION || hello.getMaxVersion() < MIN_VERSION) {
      throw new WireException(
          WireError.VERSION,
          "versions " + MIN_VERSION + " to " + MAX_VERSION + " are spoken here, not "
              + hello.getMinVersion() + " to " + hello.getMaxVersion());
    }
    if (local) {
      identifyLocal(hello);
    } else {
      ByteString proof = hello.getProof();
      if (proof.size() > Admission.MAX_PROOF_BYTES || !node.admission().admits(peer(), proof.toByteArray())) {
        throw new WireException(WireError.NOT_ADMITTED, peer() + " is not admitted by " + node.self());
      }
    }
    greeted = true;
    ticks =
        channel.eventLoop().scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    outbox.open(Integer.toUnsignedLong(hello.getRequestWindowBytes()));
    node.connections().established(this);
    ready.complete(this);
  }

  private void identifyLocal(Hello hello) throws WireException {
    if (inbound) {
      peer = node.self();
      return;
    }
    if (hello.getNodeId().size() != Key256.BYTES) {
      throw new WireException(WireError.MALFORMED, "the hello names no identity");
    }
    NodeId id = new NodeId(Key256.of(hello.getNodeId().toByteArray()));
    peer = id;
    if (expected != null && !expected.equals(id)) {
      throw new WireException(WireError.WRONG_IDENTITY, "expected " + expected + ", found " + id);
    }
  }

  @Override
  public Verdict admit(FrameKind kind, int id, int bytes) throws WireException {
    boolean handshake = kind == FrameKind.HELLO || (kind == FrameKind.FAILURE && id == 0);
    if (end != null) {
      throw new WireException(WireError.CLOSING, "the connection is closing");
    }
    if (greeted ? kind == FrameKind.HELLO : !handshake) {
      throw new WireException(WireError.MALFORMED, kind + " may not stand here");
    }
    return switch (kind) {
      case REQUEST -> server.admit(id, bytes);
      case RESPONSE -> {
        PendingCall<?> call = owed(id);
        if (call.isDone()) {
          outbox.answered(call);
          yield Verdict.SKIP;
        }
        yield Verdict.TAKE;
      }
      case HELLO, FAILURE, CANCEL, PING, PONG -> Verdict.TAKE;
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
    server.releaseRequest(bytes);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws WireException {
    switch ((Frame) message) {
      case Frame.Greeting(Hello hello) -> onHello(hello);
      case Frame.Request request -> {
        usedNanos = System.nanoTime();
        server.serve(request);
      }
      case Frame.Response response -> {
        PendingCall<?> call = owed(response.id());
        outbox.answered(call);
        call.answer(response.header(), response.bodies());
      }
      case Frame.Failure failure -> onFailure(failure);
      case Frame.Cancel cancel -> server.cancel(cancel.id());
      case Frame.Ping() -> send(FrameEncoder.encode(FrameKind.PONG, 0, null, List.of()), List.of(), null);
      case Frame.Pong() -> {} // its coming is all that it says
    }
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
      channel.eventLoop().execute(() -> close(stalled(), false));
    }
  }

  /** Ends a request with its answer. Any thread. */
  void finish(Frame.Request request, byte[] head, List<byte[]> bodies, @Nullable Runnable onGone) {
    server.finished(request);
    send(head, bodies, onGone);
  }

  /** Reads on, where the gate had no room. Any thread. */
  void resumeSoon() {
    if (!channel.eventLoop().isShuttingDown()) {
      channel.eventLoop().execute(decoder::resume);
    }
  }

  private void tick() {
    long now = System.nanoTime();
    TransportConfig config = node.config();
    server.tick(now);
    long patience =
        (node.replies().isContended() ? config.pressedStallTimeout() : config.stallTimeout()).toNanos();
    long readPatience =
        (node.requests().isContended() ? config.pressedStallTimeout() : config.stallTimeout()).toNanos();
    if (outbox.isStalled(now, patience)) {
      close(stalled(), false);
    } else if (decoder.isStalled(now, readPatience, SLOWEST_BYTES_PER_SECOND)) {
      close(new WireException(WireError.TIMEOUT, "a frame was left unfinished"), true);
    } else if (!decoder.isWaiting()) {
      checkSilence(now, config);
    }
    if (outbox.hasCalls() || server.isBusy()) {
      usedNanos = now;
    } else if (now - usedNanos > config.idleTimeout().toNanos()) {
      close(new WireException(WireError.UNREACHABLE, "the connection was idle"), false);
    }
  }

  private void checkSilence(long now, TransportConfig config) {
    long silence = now - decoder.lastReadNanos();
    if (silence > config.deadAfter().toNanos()) {
      close(new WireException(WireError.UNREACHABLE, "the peer is silent"), false);
    } else if (silence > config.pingAfter().toNanos() && now - pingedNanos > config.pingAfter().toNanos()) {
      pingedNanos = now;
      send(FrameEncoder.encode(FrameKind.PING, 0, null, List.of()), List.of(), null);
    }
  }

  private static WireException stalled() {
    return new WireException(WireError.UNREACHABLE, "the peer does not read what is sent to it");
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
      close(new WireException(WireError.UNREACHABLE, "the connection broke: " + cause.getMessage(), cause), false);
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
    if (inbound && !greeted) {
      node.refusals().refused(channel.remoteAddress(), reason.error() + ": " + reason.detail());
    } else {
      LOG.debug("Closing the connection to {}: {}", peer, reason.getMessage());
    }
    if (ticks != null) {
      ticks.cancel(false);
    }
    node.connections().gone(this);
    server.close();
    outbox.close(reason);
    ready.completeExceptionally(reason);
    if (tell && channel.isActive()) {
      channel
          .writeAndFlush(Unpooled.wrappedBuffer(FrameEncoder.failure(0, reason.error(), reason.detail())))
          .addListener(ChannelFutureListener.CLOSE);
      var unused = channel.eventLoop().schedule(this::closeChannel, FAREWELL_MILLIS, TimeUnit.MILLISECONDS);
    } else {
      closeChannel();
    }
  }

  private void closeChannel() {
    var unused = channel.close();
  }

  @Override
  public String toString() {
    return (inbound ? "from " : "to ") + (peer == null ? new Peer(null, List.of(channel.remoteAddress())) : peer);
  }
}
