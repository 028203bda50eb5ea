package io.cairnfs.protocol.transport.netty;

import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes channels: binds, connects, and puts each connection's handlers in place. */
final class Wiring {

  /**
   * What Netty holds unsent per connection: enough to keep the link busy while the next frame is
   * prepared.
   */
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(256 << 10, 1 << 20);

  private static final int BACKLOG = 256;
  private static final long CLOSE_MILLIS = 2000;

  private static final Logger LOG = LoggerFactory.getLogger(Wiring.class);

  private final Node node;
  private final Sockets sockets;
  private final Tls tls;
  private final ByteBufAllocator allocator = new AdaptiveByteBufAllocator();
  private final List<Channel> listening = new CopyOnWriteArrayList<>();
  private final List<Path> socketFiles = new CopyOnWriteArrayList<>();

  Wiring(Node node, Identity identity) {
    this.node = node;
    TransportConfig config = node.config();
    sockets = new Sockets(config.nativeIo());
    tls =
        new Tls(IdentityCertificate.create(identity), config.handshakeTimeout(), config.nativeIo());
  }

  SocketAddress listen(SocketAddress address) throws IOException {
    boolean local = Sockets.isDomain(address);
    if (address instanceof UnixDomainSocketAddress domain) {
      Path file = domain.getPath().toAbsolutePath();
      DomainSocketFile.bind(file, hidden -> bind(UnixDomainSocketAddress.of(hidden), local));
      socketFiles.add(file);
      return address;
    }
    return bind(address, local).localAddress();
  }

  private Channel bind(SocketAddress address, boolean local) throws IOException {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(sockets.group())
            .channelFactory(sockets.server(address))
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.ALLOCATOR, allocator)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accept(channel, local);
                  }
                });
    if (!local) {
      bootstrap
          .option(ChannelOption.SO_REUSEADDR, true)
          .childOption(ChannelOption.TCP_NODELAY, true)
          .handler(new ThrottledAccept());
    }
    ChannelFuture bound = bootstrap.bind(sockets.translate(address)).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          "cannot listen on " + address + ": " + bound.cause().getMessage(), bound.cause());
    }
    listening.add(bound.channel());
    return bound.channel();
  }

  /** Counts each accepted connection against the listening channel's throttle. */
  private static final class ThrottledAccept extends ChannelInboundHandlerAdapter {

    private @Nullable AcceptThrottle throttle;

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      throttle = new AcceptThrottle(ctx.channel());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object accepted) {
      if (throttle != null) {
        throttle.accepted();
      }
      ctx.fireChannelRead(accepted);
    }
  }

  private void accept(Channel channel, boolean local) {
    Connection connection = new Connection(node, channel, true, local, null);
    if (!node.connections().accepted(connection)) {
      node.refusals().refused(channel.remoteAddress(), "too many are open");
      var unused = channel.close();
      return;
    }
    connection.install(local ? null : tls.handler(allocator, false));
  }

  /** Opens a connection to one address of a peer; done once both sides admitted each other. */
  CompletableFuture<Connection> connect(Peer peer, SocketAddress address) {
    boolean local = Sockets.isDomain(address);
    CompletableFuture<Connection> result = new CompletableFuture<>();
    int timeoutMillis = Math.toIntExact(node.config().connectTimeout().toMillis());
    Bootstrap bootstrap =
        new Bootstrap()
            .group(sockets.group())
            .channelFactory(sockets.client(address))
            .option(ChannelOption.ALLOCATOR, allocator)
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    dial(channel, peer, address, local, result);
                  }
                });
    if (!local) {
      bootstrap
          .option(ChannelOption.TCP_NODELAY, true)
          .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMillis);
    }
    bootstrap
        .connect(sockets.translate(address))
        .addListener(
            future -> {
              if (!future.isSuccess()) {
                Throwable cause = future.cause();
                result.completeExceptionally(
                    new WireException(
                        WireError.UNREACHABLE, address + ": " + cause.getMessage(), cause));
              }
            });
    return result;
  }

  private void dial(
      Channel channel,
      Peer peer,
      SocketAddress address,
      boolean local,
      CompletableFuture<Connection> result) {
    Connection connection = new Connection(node, channel, false, local, peer.id());
    node.connections().dialing(connection);
    SslHandler handler = local ? null : tls.handler(allocator, true);
    connection.install(handler);
    var unused =
        connection
            .ready()
            .whenComplete(
                (ready, failure) -> {
                  if (failure != null) {
                    result.completeExceptionally(failure);
                    return;
                  }
                  if (local || peer.id() == null) {
                    node.connections().remember(peer, ready);
                  }
                  result.complete(ready);
                });
    limitTime(connection, address);
  }

  private void limitTime(Connection connection, SocketAddress address) {
    WireException late = new WireException(WireError.UNREACHABLE, address + " does not answer");
    var unused =
        connection
            .channel()
            .eventLoop()
            .schedule(
                () -> {
                  if (!connection.ready().isDone()) {
                    connection.close(late, false);
                  }
                },
                node.config().connectTimeout().toMillis(),
                TimeUnit.MILLISECONDS);
  }

  /** Stops listening and gives connections that are being closed a moment for their last words. */
  void close() {
    for (Channel channel : listening) {
      var unused = channel.close();
    }
    socketFiles.forEach(Wiring::deleteQuietly);
    EventLoopGroup group = sockets.group();
    var ended = group.shutdownGracefully(50, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
    if (!ended.awaitUninterruptibly(2 * CLOSE_MILLIS)) {
      LOG.warn("The I/O threads did not end in time");
    }
    tls.close();
  }

  private static void deleteQuietly(@Nullable Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("Cannot delete the socket {}", file, e);
    }
  }
}
