package io.cairnfs.protocol.transport.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/** The kind of sockets that this machine has: epoll, or what the JDK offers. */
final class Sockets {

  /** Event loops do little but encrypt and copy: more than this many wait for one another. */
  private static final int MAX_EVENT_LOOPS = 8;

  private final boolean epoll;
  private final EventLoopGroup group;

  Sockets(boolean nativeIo) {
    epoll = nativeIo && Epoll.isAvailable();
    IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    int loops = Math.clamp(Runtime.getRuntime().availableProcessors(), 2, MAX_EVENT_LOOPS);
    group = new MultiThreadIoEventLoopGroup(loops, new DefaultThreadFactory("cairn-io", true), io);
  }

  EventLoopGroup group() {
    return group;
  }

  static boolean isDomain(SocketAddress address) {
    return address instanceof UnixDomainSocketAddress;
  }

  ChannelFactory<Channel> client(SocketAddress address) {
    if (isDomain(address)) {
      return epoll ? EpollDomainSocketChannel::new : NioDomainSocketChannel::new;
    }
    return epoll ? EpollSocketChannel::new : NioSocketChannel::new;
  }

  ChannelFactory<ServerChannel> server(SocketAddress address) {
    if (isDomain(address)) {
      return epoll ? EpollServerDomainSocketChannel::new : NioServerDomainSocketChannel::new;
    }
    return epoll ? EpollServerSocketChannel::new : NioServerSocketChannel::new;
  }

  /** The address as this kind of sockets takes it. */
  SocketAddress translate(SocketAddress address) {
    return epoll && address instanceof UnixDomainSocketAddress domain
        ? new DomainSocketAddress(domain.getPath().toFile())
        : address;
  }
}
