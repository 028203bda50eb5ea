package io.cairnfs.protocol.transport.netty;

/** The contract where neither epoll nor BoringSSL are there. */
final class JdkTransportTest extends NettyTransportTest {

  @Override
  TransportConfig config() {
    return TestConfigs.withoutNatives();
  }
}
