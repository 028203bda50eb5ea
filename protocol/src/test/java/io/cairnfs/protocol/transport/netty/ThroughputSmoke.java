package io.cairnfs.protocol.transport.netty;

import com.google.protobuf.StringValue;
import io.cairnfs.protocol.admission.ClosedAdmission;
import io.cairnfs.protocol.admission.JoinToken;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Method;
import io.cairnfs.protocol.transport.Peer;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Prints how fast two transports of this process speak to each other, over TLS and over a Unix
 * domain socket. A program to look with, not a test: run its main method.
 */
public final class ThroughputSmoke {

  private static final Method<StringValue, StringValue> PUT =
      new Method<>(1, "smoke.put", StringValue.parser(), StringValue.parser());
  private static final Method<StringValue, StringValue> GET =
      new Method<>(2, "smoke.get", StringValue.parser(), StringValue.parser());
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final byte[] LARGE = new byte[1 << 20];
  private static final byte[] SMALL = new byte[4096];
  private static final int ROUNDS = 4;
  private static final int LARGE_COUNT = 2000;
  private static final int SMALL_COUNT = 20_000;

  private ThroughputSmoke() {}

  public static void main(String[] args) throws Exception {
    Path directory = Files.createTempDirectory("cairn-smoke");
    try {
      measure("TLS", new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), System.out);
      measure("Unix", UnixDomainSocketAddress.of(directory.resolve("s")), System.out);
    } finally {
      Files.delete(directory);
    }
  }

  private static void measure(String name, SocketAddress address, PrintStream out)
      throws Exception {
    JoinToken token = JoinToken.generate();
    try (NettyTransport client = open(token);
        NettyTransport server = open(token)) {
      server.handle(PUT, (caller, request, timeout) -> Envelope.of(request.message()));
      server.handle(
          GET,
          (caller, request, timeout) ->
              new Envelope<>(
                  request.message(),
                  List.of(request.message().getValue().isEmpty() ? LARGE : SMALL)));
      Peer peer = new Peer(server.self(), List.of(server.listen(address)));
      for (int round = 0; round < ROUNDS; round++) {
        double put = pipelined(client, peer, PUT, "", List.of(LARGE), 8, LARGE_COUNT);
        double get = pipelined(client, peer, GET, "", List.of(), 8, LARGE_COUNT);
        double small = pipelined(client, peer, GET, "small", List.of(), 64, SMALL_COUNT);
        out.printf(
            Locale.ROOT,
            "%s: put %.2f GB/s, get %.2f GB/s, 4 KiB at 64 in flight %.0f/s, %s%n",
            name,
            LARGE_COUNT / put * LARGE.length / 1e9,
            LARGE_COUNT / get * LARGE.length / 1e9,
            SMALL_COUNT / small,
            roundTrips(client, peer));
      }
    }
  }

  private static NettyTransport open(JoinToken token) {
    Identity identity = Identity.generate();
    return NettyTransport.open(
        identity,
        new ClosedAdmission(identity.id(), Set.of(), token, id -> {}),
        TransportConfig.defaults());
  }

  private static double pipelined(
      NettyTransport client,
      Peer peer,
      Method<StringValue, StringValue> method,
      String message,
      List<byte[]> bodies,
      int inFlight,
      int count)
      throws Exception {
    Envelope<StringValue> request = new Envelope<>(StringValue.of(message), bodies);
    ArrayDeque<CompletableFuture<Envelope<StringValue>>> calls = new ArrayDeque<>();
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      if (calls.size() == inFlight) {
        calls.remove().get();
      }
      calls.add(client.call(peer, method, request, LONG));
    }
    while (!calls.isEmpty()) {
      calls.remove().get();
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private static String roundTrips(NettyTransport client, Peer peer) throws Exception {
    int count = SMALL_COUNT / 4;
    long[] nanos = new long[count];
    Envelope<StringValue> request = Envelope.of(StringValue.of("small"));
    for (int i = 0; i < count; i++) {
      long start = System.nanoTime();
      client.request(peer, GET, request, LONG);
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    return String.format(
        Locale.ROOT,
        "4 KiB round trip p50 %d us, p99 %d us",
        nanos[count / 2] / 1000,
        nanos[count * 99 / 100] / 1000);
  }
}
