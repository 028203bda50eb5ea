package io.cairnfs.protocol.transport.netty;

import java.time.Duration;

/** Configurations for tests. */
final class TestConfigs {

  private static final TransportConfig DEFAULTS = TransportConfig.defaults();

  private TestConfigs() {}

  static TransportConfig withoutNatives() {
    return new TransportConfig(
        DEFAULTS.connectTimeout(),
        DEFAULTS.handshakeTimeout(),
        DEFAULTS.pingAfter(),
        DEFAULTS.deadAfter(),
        DEFAULTS.stallTimeout(),
        DEFAULTS.pressedStallTimeout(),
        DEFAULTS.idleTimeout(),
        DEFAULTS.lingerTime(),
        DEFAULTS.requestBudgetBytes(),
        DEFAULTS.replyBudgetBytes(),
        DEFAULTS.maxConnections(),
        false);
  }

  /** Loses patience within a second or two, and has little memory. */
  static TransportConfig impatient() {
    return new TransportConfig(
        Duration.ofSeconds(2),
        Duration.ofSeconds(2), // a TLS handshake takes long on a busy machine
        Duration.ofMillis(300),
        Duration.ofMillis(1200),
        Duration.ofMillis(800),
        Duration.ofMillis(400),
        Duration.ofMinutes(1),
        Duration.ofMillis(100),
        16 << 20,
        16 << 20,
        DEFAULTS.maxConnections(),
        true);
  }
}
