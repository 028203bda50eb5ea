package io.cairnfs.protocol.transport.netty;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class FarewellTest {

  private static final long LINGER_MILLIS = 1000;

  private final Farewells farewells = new Farewells();

  private EmbeddedChannel channel(Farewell farewell) {
    EmbeddedChannel channel = new EmbeddedChannel(farewell);
    channel.freezeTime();
    return channel;
  }

  private Farewell stranger() {
    return new Farewell(farewells, LINGER_MILLIS, true);
  }

  @Test
  void aStrangersConnectionStaysOpenUnreadForAWhile() {
    Farewell farewell = stranger();
    EmbeddedChannel channel = channel(farewell);
    farewell.end();
    farewell.end();
    channel.runPendingTasks();
    assertTrue(channel.isOpen());
    assertFalse(channel.config().isAutoRead());
    channel.advanceTimeBy(LINGER_MILLIS - 1, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertTrue(channel.isOpen());
    channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertFalse(channel.isOpen());
  }

  /** As TLS closes a connection on which no TLS came. */
  @Test
  void otherHandlersCannotEndItSooner() {
    EmbeddedChannel channel = channel(stranger());
    var unused = channel.pipeline().close();
    channel.runPendingTasks();
    assertTrue(channel.isOpen());
  }

  @Test
  void aPeerThatWasAdmittedGoesAtOnceUnlessItBreaksTheProtocol() {
    Farewell farewell = stranger();
    EmbeddedChannel channel = channel(farewell);
    farewell.linger(false);
    farewell.end();
    assertFalse(channel.isOpen());

    Farewell breaker = new Farewell(farewells, LINGER_MILLIS, false);
    EmbeddedChannel other = channel(breaker);
    breaker.linger(true);
    breaker.end();
    assertTrue(other.isOpen());
  }

  @Test
  void beyondABoundTheOldestGoes() {
    List<EmbeddedChannel> channels = new ArrayList<>();
    for (int i = 0; i <= Farewells.MAX_LINGERING; i++) {
      Farewell farewell = stranger();
      channels.add(channel(farewell));
      farewell.end();
    }
    channels.forEach(EmbeddedChannel::runPendingTasks);
    assertFalse(channels.getFirst().isOpen());
    assertTrue(channels.stream().skip(1).allMatch(EmbeddedChannel::isOpen));
  }
}
