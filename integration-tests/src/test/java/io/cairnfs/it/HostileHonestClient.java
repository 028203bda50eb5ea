package io.cairnfs.it;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.admission.ClosedAdmission;
import io.cairnfs.protocol.admission.JoinToken;
import io.cairnfs.protocol.block.BlockMethods;
import io.cairnfs.protocol.block.message.GetBlocksReply;
import io.cairnfs.protocol.block.message.GetBlocksRequest;
import io.cairnfs.protocol.block.message.PutBlocksRequest;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.WireException;
import io.cairnfs.protocol.transport.netty.NettyTransport;
import io.cairnfs.protocol.transport.netty.TransportConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process with an honest client: for each number of milliseconds that it reads it puts and gets
 * blocks for so long, and prints how many calls succeeded, how many failed, and the longest in
 * milliseconds.
 */
final class HostileHonestClient {

  private static final int BLOCK_BYTES = 64 << 10;
  private static final int GETS_PER_PUT = 3;
  private static final int THREADS = 4;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final NettyTransport transport;
  private final Peer node;
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicInteger longestMillis = new AtomicInteger();

  private HostileHonestClient(NettyTransport transport, Peer node) {
    this.transport = transport;
    this.node = node;
  }

  /** Takes the node's port, its id and the file of its join token. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Identity identity = Identity.generate();
    JoinToken token = JoinToken.load(Path.of(arguments[2]));
    try (NettyTransport transport =
            NettyTransport.open(
                identity,
                new ClosedAdmission(identity.id(), Set.of(), token, admitted -> {}),
                TransportConfig.defaults());
        BufferedReader commands =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0]));
      NodeId id = NodeId.parse(arguments[1]);
      HostileHonestClient client =
          new HostileHonestClient(transport, new Peer(id, List.of(address)));
      for (String line = commands.readLine(); line != null; line = commands.readLine()) {
        client.work(Long.parseLong(line));
      }
    }
  }

  private void work(long millis) throws InterruptedException {
    done.set(0);
    failed.set(0);
    longestMillis.set(0);
    long endNanos = System.nanoTime() + millis * 1_000_000;
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      threads.add(Thread.ofPlatform().start(() -> putAndGet(endNanos)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    System.out.println(done.get() + " " + failed.get() + " " + longestMillis.get());
  }

  private void putAndGet(long endNanos) {
    Random random = new Random();
    while (System.nanoTime() < endNanos) {
      byte[] block = new byte[BLOCK_BYTES];
      random.nextBytes(block);
      ByteString cid = ByteString.copyFrom(Cid.of(Codec.RAW, block).toBytes());
      PutBlocksRequest put =
          PutBlocksRequest.newBuilder().addCid(cid).setDurable(true).setReplication(1).build();
      GetBlocksRequest get = GetBlocksRequest.newBuilder().addCid(cid).build();
      count(
          () ->
              transport.request(
                  node, BlockMethods.PUT, new Envelope<>(put, List.of(block)), TIMEOUT));
      for (int i = 0; i < GETS_PER_PUT; i++) {
        count(() -> checkGot(block, get));
      }
    }
  }

  private void checkGot(byte[] block, GetBlocksRequest get)
      throws WireException, InterruptedException {
    Envelope<GetBlocksReply> reply =
        transport.request(node, BlockMethods.GET, Envelope.of(get), TIMEOUT);
    if (reply.bodies().size() != 1 || reply.bodies().getFirst().length != block.length) {
      throw new IllegalStateException("a block that was put is not there: " + reply.message());
    }
  }

  private interface Call {
    void run() throws WireException, InterruptedException;
  }

  private void count(Call call) {
    long start = System.nanoTime();
    try {
      call.run();
      done.incrementAndGet();
    } catch (WireException | InterruptedException | IllegalStateException e) {
      failed.incrementAndGet();
      System.err.println("An honest call failed: " + e);
    }
    int millis = (int) ((System.nanoTime() - start) / 1_000_000);
    longestMillis.accumulateAndGet(millis, Math::max);
  }
}
