package io.cairnfs.protocol.transport.netty;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.cairnfs.protocol.admission.ClosedAdmission;
import io.cairnfs.protocol.admission.JoinToken;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.message.FailureHeader;
import io.cairnfs.protocol.transport.message.Hello;
import io.cairnfs.protocol.transport.message.RequestHeader;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.ssl.SslHandler;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose other end is spoken to as an attacker likes: raw bytes, or frames one by one.
 * It uses the native TLS, so that a hundred attackers cost little themselves. For one thread.
 */
public final class HostileConnection implements AutoCloseable {

  /** Beyond every patience of a node. */
  private static final int TIMEOUT_SECONDS = 20;

  private static final byte[] END = {};

  /** One for all attackers. */
  private static final Sockets SOCKETS = new Sockets(true);

  /** What a connection's owner is: its identity and the certificate that proves it. */
  public static final class Speaker {

    private final Identity identity = Identity.generate();
    private final Tls tls =
        new Tls(IdentityCertificate.create(identity), Duration.ofSeconds(TIMEOUT_SECONDS), true);
  }

  /** What came, in order, and then the end. */
  private static final class Inbox extends SimpleChannelInboundHandler<ByteBuf> {

    private final BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
      received.add(ByteBufUtil.getBytes(bytes));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      received.add(END);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      var unused = ctx.close();
    }
  }

  private final Channel channel;
  private final Inbox inbox;
  private DataInputStream in = new DataInputStream(InputStream.nullInputStream());

  private HostileConnection(Channel channel, Inbox inbox) {
    this.channel = channel;
    this.inbox = inbox;
  }

  /** TCP without TLS. */
  public static HostileConnection bare(InetSocketAddress node)
      throws IOException, InterruptedException {
    return open(node, null);
  }

  /** TLS, and no hello yet. */
  public static HostileConnection tls(InetSocketAddress node, Speaker speaker)
      throws IOException, InterruptedException {
    return open(node, speaker);
  }

  private static HostileConnection open(InetSocketAddress node, @Nullable Speaker speaker)
      throws IOException, InterruptedException {
    Inbox inbox = new Inbox();
    Bootstrap bootstrap =
        new Bootstrap()
            .group(SOCKETS.group())
            .channelFactory(SOCKETS.client(node))
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (speaker != null) {
                      channel.pipeline().addLast(speaker.tls.handler(channel.alloc(), true));
                    }
                    channel.pipeline().addLast(inbox);
                  }
                });
    ChannelFuture connected = bootstrap.connect(SOCKETS.translate(node)).await();
    if (!connected.isSuccess()) {
      throw new IOException("no connection", connected.cause());
    }
    HostileConnection connection = new HostileConnection(connected.channel(), inbox);
    SslHandler tls = connected.channel().pipeline().get(SslHandler.class);
    if (speaker != null && (tls == null || !tls.handshakeFuture().await().isSuccess())) {
      connection.close();
      throw new IOException("no TLS");
    }
    return connection;
  }

  /** Says hello, with the proof that the speaker has the token. */
  public HostileConnection hello(Speaker speaker, NodeId node, JoinToken token)
      throws IOException, InterruptedException {
    byte[] proof =
        new ClosedAdmission(speaker.identity.id(), Set.of(), token, admitted -> {}).proofFor(node);
    Hello hello =
        Hello.newBuilder()
            .setMinVersion(Handshake.MIN_VERSION)
            .setMaxVersion(Handshake.MAX_VERSION)
            .setProof(ByteString.copyFrom(proof))
            .setRequestWindowBytes(1 << 20)
            .build();
    send(FrameEncoder.encode(FrameKind.HELLO, 0, hello, List.of()));
    return this;
  }

  /** A request's prelude, header and bodies. */
  public static byte[] request(
      int id, int method, @Nullable MessageLite message, List<byte[]> bodies) {
    RequestHeader.Builder header =
        RequestHeader.newBuilder().setMethod(method).setTimeoutMillis(10_000);
    if (message != null) {
      header.setMessage(message.toByteString());
    }
    int length = 0;
    for (byte[] body : bodies) {
      header.addBodyLength(body.length);
      length += body.length;
    }
    byte[] head = FrameEncoder.encode(FrameKind.REQUEST, id, header.build(), bodies);
    byte[] frame = Arrays.copyOf(head, head.length + length);
    int at = head.length;
    for (byte[] body : bodies) {
      System.arraycopy(body, 0, frame, at, body.length);
      at += body.length;
    }
    return frame;
  }

  /** A ping. */
  public static byte[] ping() {
    return FrameEncoder.encode(FrameKind.PING, 0, null, List.of());
  }

  /** From now on nothing is read. */
  public void stopReading() {
    channel.config().setAutoRead(false);
  }

  /** Sends bytes and waits until they are with the kernel. */
  public void send(byte[] bytes) throws IOException, InterruptedException {
    ChannelFuture written = channel.writeAndFlush(Unpooled.wrappedBuffer(bytes));
    if (!written.await(TIMEOUT_SECONDS, TimeUnit.SECONDS) || !written.isSuccess()) {
      throw new IOException("the node takes nothing", written.cause());
    }
  }

  /** The error of the next failure; null if the connection ended before one. */
  public @Nullable WireError readFailure() throws IOException, InterruptedException {
    while (true) {
      byte[] prelude = read(FrameKind.PRELUDE_BYTES);
      if (prelude == null) {
        return null;
      }
      DataInputStream numbers = new DataInputStream(new ByteArrayInputStream(prelude, 8, 8));
      byte[] header = read(numbers.readInt());
      byte[] bodies = read(numbers.readInt());
      if (header == null || bodies == null) {
        return null;
      }
      if (prelude[0] == FrameKind.FAILURE.number) {
        return WireError.of(FailureHeader.parseFrom(header).getError());
      }
    }
  }

  private byte @Nullable [] read(int count) throws IOException, InterruptedException {
    byte[] bytes = new byte[count];
    int filled = 0;
    while (filled < count) {
      if (in.available() == 0) {
        byte[] next = inbox.received.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        if (next == null) {
          throw new IOException("the node is silent");
        }
        if (next.length == 0) {
          return null;
        }
        in = new DataInputStream(new ByteArrayInputStream(next));
      }
      filled += in.read(bytes, filled, count - filled);
    }
    return bytes;
  }

  /** Waits until the other side has closed the connection: whether it did so in time. */
  public boolean awaitEnd() throws InterruptedException {
    return channel.closeFuture().await(TIMEOUT_SECONDS, TimeUnit.SECONDS);
  }

  /** Whether the connection is over. */
  public boolean isEnded() {
    return !channel.isActive();
  }

  @Override
  public void close() {
    var unused = channel.close();
  }
}
