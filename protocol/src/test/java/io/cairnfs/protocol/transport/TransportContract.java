package io.cairnfs.protocol.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import com.google.protobuf.MessageLite;
import com.google.protobuf.StringValue;
import io.cairnfs.protocol.identity.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every implementation of {@link Transport} keeps to. */
@Timeout(30)
public abstract class TransportContract {

  protected static final Method<StringValue, StringValue> ECHO =
      new Method<>(1, "test.echo", StringValue.parser(), StringValue.parser());
  private static final Method<StringValue, StringValue> WAIT =
      new Method<>(2, "test.wait", StringValue.parser(), StringValue.parser());
  private static final Method<StringValue, StringValue> PARK =
      new Method<>(7, "test.park", StringValue.parser(), StringValue.parser(), true);
  private static final Method<StringValue, StringValue> FAIL =
      new Method<>(3, "test.fail", StringValue.parser(), StringValue.parser());
  private static final Method<StringValue, StringValue> BACK =
      new Method<>(4, "test.back", StringValue.parser(), StringValue.parser());
  private static final Method<StringValue, StringValue> NOBODYS =
      new Method<>(5, "test.nobodys", StringValue.parser(), StringValue.parser());
  private static final Method<BytesValue, BytesValue> BYTES =
      new Method<>(6, "test.bytes", BytesValue.parser(), BytesValue.parser());
  protected static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(150);

  private Transport client;
  private Transport server;
  private Peer serverPeer;
  private final CountDownLatch started = new CountDownLatch(1);
  private final CountDownLatch interrupted = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);

  /** Two transports that reach each other; the second one listens. */
  protected abstract List<Transport> open() throws Exception;

  /** Where a listening transport is reached, after its handlers were registered. */
  protected abstract Peer listen(Transport server) throws Exception;

  /** A peer at which nobody listens. */
  protected abstract Peer nobody() throws Exception;

  protected abstract void closeAll() throws Exception;

  @BeforeEach
  final void start() throws Exception {
    List<Transport> pair = open();
    client = pair.get(0);
    server = pair.get(1);
    client.handle(ECHO, (caller, request, timeout) -> request);
    server.handle(ECHO, (caller, request, timeout) -> request);
    server.handle(BYTES, (caller, request, timeout) -> request);
    server.handle(WAIT, this::waitForRelease);
    server.handle(PARK, this::waitForRelease);
    server.handle(
        FAIL,
        (caller, request, timeout) -> {
          if (request.message().getValue().equals("numbered")) {
            throw new WireException(WireError.NO_SPACE, "the disk is full");
          }
          throw new IllegalStateException("a bug");
        });
    server.handle(
        BACK,
        (caller, request, timeout) ->
            server.request(new Peer(caller.id(), List.of()), ECHO, request, timeout));
    serverPeer = listen(server);
  }

  @AfterEach
  final void stop() throws Exception {
    release.countDown();
    closeAll();
  }

  private Envelope<StringValue> waitForRelease(
      Caller caller, Envelope<StringValue> request, Duration timeout) throws InterruptedException {
    started.countDown();
    try {
      release.await();
      return request;
    } catch (InterruptedException e) {
      interrupted.countDown();
      throw e;
    }
  }

  protected static Envelope<StringValue> text(String value) {
    return Envelope.of(StringValue.of(value));
  }

  @Test
  void messagesAndBodiesArrive() throws Exception {
    Random random = new Random(5);
    List<byte[]> bodies = new ArrayList<>();
    for (int size : new int[] {0, 1, 4096, 1 << 20, 300_000, 0}) {
      byte[] body = new byte[size];
      random.nextBytes(body);
      bodies.add(body);
    }
    Envelope<StringValue> reply =
        client.request(serverPeer, ECHO, new Envelope<>(StringValue.of("hello"), bodies), LONG);
    assertEquals("hello", reply.message().getValue());
    assertEquals(bodies.size(), reply.bodies().size());
    for (int i = 0; i < bodies.size(); i++) {
      assertArrayEquals(bodies.get(i), reply.bodies().get(i));
    }
  }

  @Test
  void thoseThatWaitTakeNobodysTurn() throws Exception {
    List<CompletableFuture<Envelope<StringValue>>> waiting = new ArrayList<>();
    for (int i = 0; i < 2 * Limits.MAX_HANDLERS_PER_PEER; i++) {
      waiting.add(client.call(serverPeer, PARK, text("later"), LONG));
    }
    assertTrue(started.await(LONG.toSeconds(), TimeUnit.SECONDS));
    assertEquals(text("now"), client.request(serverPeer, ECHO, text("now"), LONG));
    release.countDown();
    for (CompletableFuture<Envelope<StringValue>> call : waiting) {
      assertEquals(text("later"), call.get(LONG.toSeconds(), TimeUnit.SECONDS));
    }
  }

  @Test
  void theLargestFrameArrivesAndALargerOneIsRefused() throws Exception {
    Envelope<BytesValue> largest =
        new Envelope<>(bytes(Limits.MAX_MESSAGE_BYTES), List.of(new byte[Limits.MAX_BODIES_BYTES]));
    Envelope<BytesValue> reply = client.request(serverPeer, BYTES, largest, LONG);
    assertEquals(largest.message(), reply.message());
    assertEquals(Limits.MAX_BODIES_BYTES, Limits.bytesOf(reply.bodies()));

    assertFails(WireError.TOO_LARGE, BYTES, Envelope.of(bytes(Limits.MAX_MESSAGE_BYTES + 1)));
    Envelope<StringValue> bodies =
        new Envelope<>(StringValue.of(""), List.of(new byte[Limits.MAX_BODIES_BYTES + 1]));
    assertFails(WireError.TOO_LARGE, ECHO, bodies);
  }

  private static BytesValue bytes(int encodedLength) {
    int overhead = 4; // tag and length
    return BytesValue.of(ByteString.copyFrom(new byte[encodedLength - overhead]));
  }

  @Test
  void handlersSeeWhoCallsAndHowLongTheyWait() throws Exception {
    AtomicReference<NodeId> seen = new AtomicReference<>();
    AtomicReference<Duration> left = new AtomicReference<>();
    server.handle(
        NOBODYS,
        (caller, request, timeout) -> {
          seen.set(caller.id());
          left.set(timeout);
          assertTrue(Thread.currentThread().isVirtual());
          return request;
        });
    client.request(serverPeer, NOBODYS, text(""), LONG);
    assertEquals(client.self(), seen.get());
    assertTrue(left.get().isPositive() && left.get().compareTo(LONG) <= 0, left.get() + " left");
  }

  @Test
  void failuresArriveWithTheirNumbers() {
    WireException numbered = assertFails(WireError.NO_SPACE, FAIL, text("numbered"));
    assertEquals("the disk is full", numbered.detail());
    assertFails(WireError.INTERNAL, FAIL, text("bug"));
    assertFails(WireError.UNKNOWN_METHOD, NOBODYS, text(""));
  }

  private <Q extends MessageLite> WireException assertFails(
      WireError error, Method<Q, Q> method, Envelope<Q> request) {
    WireException failure =
        assertThrows(WireException.class, () -> client.request(serverPeer, method, request, LONG));
    assertEquals(error, failure.error(), failure::getMessage);
    return failure;
  }

  @Test
  void theDeadlineEndsACallAndInterruptsItsHandler() throws Exception {
    client.request(serverPeer, ECHO, text("connect"), LONG);
    long start = System.nanoTime();
    WireException failure =
        assertThrows(WireException.class, () -> client.request(serverPeer, WAIT, text(""), SHORT));
    assertEquals(WireError.TIMEOUT, failure.error());
    assertTrue(System.nanoTime() - start >= SHORT.toNanos());
    assertTrue(interrupted.await(10, TimeUnit.SECONDS));
    assertEquals(
        "after", client.request(serverPeer, ECHO, text("after"), LONG).message().getValue());
  }

  @Test
  void cancellingInterruptsTheHandler() throws Exception {
    CompletableFuture<?> call = client.call(serverPeer, WAIT, text(""), LONG);
    assertTrue(started.await(10, TimeUnit.SECONDS));
    call.cancel(true);
    assertTrue(interrupted.await(10, TimeUnit.SECONDS));
  }

  @Test
  void interruptingTheCallerInterruptsTheHandler() throws Exception {
    CountDownLatch thrown = new CountDownLatch(1);
    Thread caller =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    client.request(serverPeer, WAIT, text(""), LONG);
                  } catch (InterruptedException e) {
                    thrown.countDown();
                  } catch (WireException e) {
                    throw new AssertionError(e);
                  }
                });
    assertTrue(started.await(10, TimeUnit.SECONDS));
    caller.interrupt();
    assertTrue(thrown.await(10, TimeUnit.SECONDS));
    assertTrue(interrupted.await(10, TimeUnit.SECONDS));
  }

  @Test
  void manyRequestsAreInFlightAtOnce() throws Exception {
    int count = 64;
    CountDownLatch running = new CountDownLatch(count);
    server.handle(
        NOBODYS,
        (caller, request, timeout) -> {
          running.countDown();
          running.await();
          return request;
        });
    List<CompletableFuture<Envelope<StringValue>>> calls = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      calls.add(client.call(serverPeer, NOBODYS, text("call " + i), LONG));
    }
    for (int i = 0; i < count; i++) {
      assertEquals("call " + i, calls.get(i).get().message().getValue());
    }
  }

  @Test
  void aHandlerCallsItsCallerBack() throws Exception {
    assertEquals(
        "to and fro",
        client.request(serverPeer, BACK, text("to and fro"), LONG).message().getValue());
  }

  @Test
  void whereNobodyListensCallsFailSoon() throws Exception {
    Peer nobody = nobody();
    long start = System.nanoTime();
    WireException failure =
        assertThrows(WireException.class, () -> client.request(nobody, ECHO, text(""), LONG));
    assertEquals(WireError.UNREACHABLE, failure.error());
    ExecutionException second =
        assertThrows(
            ExecutionException.class, () -> client.call(nobody, ECHO, text(""), LONG).get());
    assertEquals(
        WireError.UNREACHABLE, assertInstanceOf(WireException.class, second.getCause()).error());
    assertTrue(System.nanoTime() - start < Duration.ofSeconds(5).toNanos());
  }

  @Test
  void closingTheCallerFailsItsCalls() throws Exception {
    CompletableFuture<?> call = client.call(serverPeer, WAIT, text(""), LONG);
    assertTrue(started.await(10, TimeUnit.SECONDS));
    client.close();
    assertEquals(WireError.CLOSING, failureOf(call).error());
    assertTrue(interrupted.await(10, TimeUnit.SECONDS));
    assertEquals(
        WireError.CLOSING, failureOf(client.call(serverPeer, ECHO, text(""), LONG)).error());
  }

  @Test
  void closingTheCalleeFailsTheCalls() throws Exception {
    CompletableFuture<?> call = client.call(serverPeer, WAIT, text(""), LONG);
    assertTrue(started.await(10, TimeUnit.SECONDS));
    server.close();
    WireError error = failureOf(call).error();
    assertTrue(error == WireError.UNREACHABLE || error == WireError.CLOSING, error::name);
    assertTrue(interrupted.await(10, TimeUnit.SECONDS));
    assertEquals(
        WireError.UNREACHABLE, failureOf(client.call(serverPeer, ECHO, text(""), LONG)).error());
  }

  private static WireException failureOf(CompletableFuture<?> call) {
    ExecutionException failure = assertThrows(ExecutionException.class, call::get);
    return assertInstanceOf(WireException.class, failure.getCause());
  }

  @Test
  void aMethodHasOneHandler() {
    assertThrows(
        IllegalStateException.class,
        () -> server.handle(ECHO, (caller, request, timeout) -> request));
  }
}
