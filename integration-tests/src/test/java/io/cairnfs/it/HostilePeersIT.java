package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.cairnfs.it.HostileScene.Actor;
import io.cairnfs.it.HostileScene.NodeActor;
import io.cairnfs.protocol.admission.ClosedAdmission;
import io.cairnfs.protocol.admission.JoinToken;
import io.cairnfs.protocol.block.BlockMethods;
import io.cairnfs.protocol.block.message.HaveBlocksReply;
import io.cairnfs.protocol.block.message.HaveBlocksRequest;
import io.cairnfs.protocol.block.message.PutBlocksRequest;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Method;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import io.cairnfs.protocol.transport.netty.NettyTransport;
import io.cairnfs.protocol.transport.netty.TransportConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A node with a small heap meets a hundred hostile peers: it throws them out or tells them why not,
 * its memory does not grow, and an honest client goes on. A first attack is a rehearsal: it makes
 * the node compile what attacks need.
 */
@Timeout(240)
final class HostilePeersIT {

  private static final int WARM_UP_MILLIS = 8_000;
  private static final int QUIET_MILLIS = 5_000;
  private static final int ATTACK_MILLIS = 8_000;
  private static final long MAX_GROWTH_BYTES = 64 << 20;

  /**
   * What an honest client keeps at least of its rate. Attackers that do not read what they asked
   * for leave each peer its share of a small node's memory, two blocks at a time, and no more.
   */
  private static final double MIN_RATE = 0.25;

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private HostileScene scene;

  @BeforeEach
  void setTheScene() throws IOException {
    scene = new HostileScene();
  }

  @AfterEach
  void endProcesses() {
    scene.close();
  }

  /** How an honest client fared, and what the node spent meanwhile. */
  private record Phase(
      String name,
      int calls,
      int failed,
      int longestMillis,
      int millis,
      double cpuSeconds,
      long mostBytes) {

    double rate() {
      return calls * 1000.0 / millis;
    }

    @Override
    public String toString() {
      return "%-9s %6.0f calls/s, longest %4d ms, %d failed; node: %.2f CPU s per s, %.2f ms per call, %d MiB resident"
          .formatted(
              name,
              rate(),
              longestMillis,
              failed,
              cpuSeconds * 1000 / millis,
              cpuSeconds * 1000 / Math.max(1, calls),
              mostBytes >> 20);
    }
  }

  private static Phase phase(String name, Actor honest, Actor node, int millis)
      throws IOException, InterruptedException {
    double cpu = node.cpuSeconds();
    long most = node.residentBytes();
    honest.say(Integer.toString(millis));
    long end = System.nanoTime() + millis * 1_000_000L;
    while (System.nanoTime() < end) {
      Thread.sleep(100);
      most = Math.max(most, node.residentBytes());
    }
    String[] words = honest.hear().split(" ", -1);
    Phase phase =
        new Phase(
            name,
            Integer.parseInt(words[0]),
            Integer.parseInt(words[1]),
            Integer.parseInt(words[2]),
            millis,
            node.cpuSeconds() - cpu,
            most);
    System.out.println("HostilePeersIT " + phase);
    return phase;
  }

  @Test
  void aHundredHostilePeersAreHarmless() throws Exception {
    NodeActor node = scene.node();
    Actor honest = scene.honest(HostileHonestClient.class, node.arguments());
    Actor rehearsing = scene.hostile(HostileAttackers.class, node.arguments());
    Actor attackers = scene.hostile(HostileAttackers.class, node.arguments());
    assertEquals("ready", rehearsing.hear());
    assertEquals("ready", attackers.hear());
    phase("warm-up", honest, node.actor(), WARM_UP_MILLIS);
    Phase before = phase("before", honest, node.actor(), QUIET_MILLIS);
    rehearsing.say("go");
    Phase rehearsal = phase("rehearsal", honest, node.actor(), ATTACK_MILLIS);
    rehearsing.say("stop");
    outcomes(rehearsing);
    Phase quiet = phase("quiet", honest, node.actor(), QUIET_MILLIS);
    attackers.say("go");
    Phase attack = phase("attack", honest, node.actor(), ATTACK_MILLIS);
    attackers.say("stop");
    Map<HostileBehaviour, Outcome> outcomes = outcomes(attackers);
    Phase after = phase("after", honest, node.actor(), QUIET_MILLIS);

    double rate = 2 * attack.rate() / (quiet.rate() + after.rate());
    long growth = Math.max(rehearsal.mostBytes, attack.mostBytes) - before.mostBytes;
    long growthAgain = attack.mostBytes - quiet.mostBytes;
    System.out.printf(
        "HostilePeersIT rate under attack: %.2f of that before and after; grown by %d MiB in the"
            + " first attack and what it compiled, by %d MiB in the second%n",
        rate, growth >> 20, growthAgain >> 20);
    outcomes.forEach(
        (behaviour, outcome) -> System.out.println("HostilePeersIT " + behaviour + " " + outcome));
    assertEquals(
        0, rehearsal.failed + quiet.failed + attack.failed + after.failed, "honest calls failed");
    outcomes.forEach(HostilePeersIT::assertMet);
    assertTrue(growth < MAX_GROWTH_BYTES, () -> "the node grew by " + (growth >> 20) + " MiB");
    assertTrue(
        rate > MIN_RATE || !scene.isApart(),
        () -> "under attack the honest client has only %.2f of its rate".formatted(rate));
  }

  /** What became of the connections of one behaviour. */
  private record Outcome(int ended, int left, String told) {}

  private static Map<HostileBehaviour, Outcome> outcomes(Actor attackers) throws IOException {
    Map<HostileBehaviour, Outcome> outcomes = new TreeMap<>();
    for (String line = attackers.hear(); !line.equals("end"); line = attackers.hear()) {
      String[] words = line.split(" ", 4);
      outcomes.put(
          HostileBehaviour.valueOf(words[0]),
          new Outcome(Integer.parseInt(words[1]), Integer.parseInt(words[2]), words[3]));
    }
    return outcomes;
  }

  private static void assertMet(HostileBehaviour behaviour, Outcome outcome) {
    assertEquals(0, outcome.left, () -> "of " + behaviour + " neither ended nor answered");
    String told =
        switch (behaviour) {
          case NOISE, SILENCE, DEAF -> "";
          case STRANGER -> "NOT_ADMITTED";
          case RUDE, BAD_FRAMES -> "MALFORMED";
          case OVERSIZED -> "TOO_LARGE";
          case UNFINISHED -> "TIMEOUT";
          case WRONG_HASHES -> "WRONG_HASH";
          case UNKNOWN_MESSAGES -> "UNKNOWN_METHOD";
        };
    assertTrue(outcome.told.contains(told), () -> behaviour + " was told " + outcome.told);
    boolean goesOn =
        behaviour == HostileBehaviour.WRONG_HASHES
            || behaviour == HostileBehaviour.UNKNOWN_MESSAGES;
    assertTrue(goesOn || outcome.ended > 0, () -> behaviour + " was never thrown out");
  }

  @Test
  void mistakesAreToldByNumber() throws Exception {
    NodeActor node = scene.node();
    NodeId id = NodeId.parse(node.id());
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), node.port());
    Peer peer = new Peer(id, List.of(address));
    Peer impostor = new Peer(Identity.generate().id(), List.of(address));
    ByteString cid = ByteString.copyFrom(Cid.of(Codec.RAW, new byte[] {1}).toBytes());
    Method<HaveBlocksRequest, HaveBlocksReply> unknown =
        new Method<>(299, "test.unknown", HaveBlocksRequest.parser(), HaveBlocksReply.parser());
    Envelope<HaveBlocksRequest> have =
        Envelope.of(HaveBlocksRequest.newBuilder().addCid(cid).build());
    PutBlocksRequest put = PutBlocksRequest.newBuilder().addCid(cid).setDurable(true).build();
    Envelope<PutBlocksRequest> lie = new Envelope<>(put, List.of(new byte[] {2}));

    try (NettyTransport member = client(id, JoinToken.load(node.token()));
        NettyTransport stranger = client(id, JoinToken.generate())) {
      assertFails(WireError.WRONG_HASH, () -> member.request(peer, BlockMethods.PUT, lie, TIMEOUT));
      assertFails(WireError.UNKNOWN_METHOD, () -> member.request(peer, unknown, have, TIMEOUT));
      assertFails(
          WireError.WRONG_IDENTITY,
          () -> member.request(impostor, BlockMethods.HAVE, have, TIMEOUT));
      assertFails(
          WireError.NOT_ADMITTED, () -> stranger.request(peer, BlockMethods.HAVE, have, TIMEOUT));
      assertEquals(
          ByteString.EMPTY,
          member.request(peer, BlockMethods.HAVE, have, TIMEOUT).message().getPresent(),
          "what was refused was stored");
    }
  }

  private static NettyTransport client(NodeId node, JoinToken token) {
    Identity identity = Identity.generate();
    return NettyTransport.open(
        identity,
        new ClosedAdmission(identity.id(), Set.of(node), token, admitted -> {}),
        TransportConfig.defaults());
  }

  private interface Call {
    Envelope<?> make() throws WireException, InterruptedException;
  }

  private static void assertFails(WireError error, Call call) {
    assertEquals(error, assertThrows(WireException.class, call::make).error());
  }
}
