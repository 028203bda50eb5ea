package io.cairnfs.protocol.transport.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.StringValue;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.TransportContract;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import io.cairnfs.protocol.transport.local.LinkRule.Fate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class LocalTransportTest extends TransportContract {

  private final LocalNetwork network = new LocalNetwork();

  @Override
  protected List<Transport> open() {
    return List.of(network.join(Identity.generate().id()), network.join(Identity.generate().id()));
  }

  @Override
  protected Peer listen(Transport server) {
    return new Peer(server.self(), List.of());
  }

  @Override
  protected Peer nobody() {
    return new Peer(Identity.generate().id(), List.of());
  }

  @Override
  protected void closeAll() {
    network.close();
  }

  @Test
  void bodiesAreNotCopied() throws Exception {
    Transport a = network.join(Identity.generate().id());
    a.handle(ECHO, (caller, request, timeout) -> request);
    byte[] body = {1, 2, 3};
    Envelope<StringValue> request = new Envelope<>(StringValue.of(""), List.of(body));
    assertSame(body, a.request(listen(a), ECHO, request, LONG).bodies().getFirst());
  }

  @Test
  void rulesDisturbTheLinks() throws Exception {
    Transport a = network.join(Identity.generate().id());
    Transport b = network.join(Identity.generate().id());
    AtomicInteger executed = new AtomicInteger();
    b.handle(
        ECHO,
        (caller, request, timeout) -> {
          executed.incrementAndGet();
          return request;
        });
    Duration brief = Duration.ofMillis(50);

    network.setRule((from, to, method) -> new Fate.DropRequest());
    assertEquals(WireError.TIMEOUT, failure(a, b, brief));
    assertEquals(0, executed.get());

    network.setRule((from, to, method) -> new Fate.DropReply());
    assertEquals(WireError.TIMEOUT, failure(a, b, brief));
    assertEquals(1, executed.get());

    network.setRule((from, to, method) -> new Fate.Refuse());
    assertEquals(WireError.UNREACHABLE, failure(a, b, brief));

    network.setRule((from, to, method) -> new Fate.Deliver(brief));
    long start = System.nanoTime();
    a.request(listen(b), ECHO, text(""), LONG);
    assertTrue(System.nanoTime() - start >= brief.toNanos());
  }

  private WireError failure(Transport a, Transport b, Duration timeout) {
    return assertThrows(WireException.class, () -> a.request(listen(b), ECHO, text(""), timeout))
        .error();
  }
}
