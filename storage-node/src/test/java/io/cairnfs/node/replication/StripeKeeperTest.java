package io.cairnfs.node.replication;

import static io.cairnfs.node.replication.TestMembers.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.node.replication.TestMembers.Member;
import io.cairnfs.node.store.BlockStat;
import io.cairnfs.node.store.PutOptions;
import io.cairnfs.node.store.TestBlocks;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.Claim;
import io.cairnfs.protocol.block.Redundancy;
import io.cairnfs.protocol.erasure.Erasure;
import io.cairnfs.protocol.erasure.Stripe;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.repair.message.DrainReply;
import io.cairnfs.protocol.repair.message.DrainRequest.Action;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Shards that are lost, and members that come and go, as {@code RepairTest} has it for replicas.
 */
final class StripeKeeperTest {

  private static final Claim CLAIM =
      new Claim(VolumeId.of(TestBlocks.random(99, 1).cid().key().toBytes()), 7);
  private static final Erasure CODE = new Erasure(4, 2);
  private static final int STRIPES = 20;

  private final TestMembers members = new TestMembers();
  private final List<Member> nodes = new ArrayList<>();
  private final List<Stripe.Made> stripes = new ArrayList<>();

  @AfterEach
  void stop() {
    members.close();
  }

  private void start(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      nodes.add(members.add());
    }
    for (int i = 0; i < STRIPES; i++) {
      Stripe.Made made = Stripe.make(CODE, TestBlocks.random(1 + 4 * i, 4, 3000));
      stripes.add(made);
      place(made);
    }
    nodes.forEach(Member::start);
  }

  /** As a client stores a stripe. */
  private void place(Stripe.Made made) throws Exception {
    List<NodeId> order = new ArrayList<>();
    for (var record : nodes.getFirst().replicas.order(made.descriptor().cid().key())) {
      order.add(record.id());
    }
    for (int i = 0; i < made.shards().size(); i++) {
      put(node(order.get(i)), made.shards().get(i), Redundancy.SHARD);
    }
    for (NodeId replica : order.subList(0, 3)) {
      put(node(replica), made.descriptor(), Redundancy.ofStripe(3));
    }
  }

  private Member node(NodeId id) {
    return nodes.stream().filter(node -> node.record.id().equals(id)).findFirst().orElseThrow();
  }

  private static void put(Member node, Block block, int redundancy) throws Exception {
    node.store.put(List.of(block), new PutOptions(true, false, redundancy, List.of(CLAIM)));
  }

  /** Whether each shard is once on these nodes, with its claim, no two of a stripe on one. */
  private boolean areSpread(List<Member> over) throws Exception {
    for (Stripe.Made made : stripes) {
      Set<Member> having = new HashSet<>();
      for (Block shard : made.shards()) {
        if (members.copies(shard) != 1) {
          return false;
        }
        for (Member node : over) {
          BlockStat stat = node.store.stat(shard.cid().key());
          if (stat != null && !stat.quarantined()) {
            assertEquals(Redundancy.SHARD, stat.replication());
            assertEquals(List.of(CLAIM), node.store.claims(shard.cid().key()));
            having.add(node);
          }
        }
      }
      if (having.size() < made.shards().size()) {
        return false;
      }
    }
    return true;
  }

  @Test
  void shardsAreLeftWhereTheyWerePut() throws Exception {
    start(7);
    eventually(
        "all are whole", () -> nodes.stream().allMatch(n -> n.replication.underReplicated() == 0));
    Thread.sleep(1500); // what hands over surplus copies has had its time
    assertTrue(areSpread(nodes));
  }

  @Test
  void whatIsLostSilentlyComesBackWithItsClaims() throws Exception {
    start(7);
    for (Stripe.Made made : stripes) {
      for (Block shard : List.of(made.shards().get(1), made.shards().get(5))) {
        for (Member node : nodes) {
          node.store.delete(shard.cid().key());
        }
      }
    }
    eventually("all shards are there again", () -> areSpread(nodes));
  }

  @Test
  void theShardsOfADeadNodeAreMadeElsewhere() throws Exception {
    start(8);
    Member dead = nodes.get(3);
    List<Member> others = new ArrayList<>(nodes);
    others.remove(dead);
    dead.stop();
    members.cluster().remove(dead.record.id());
    eventually(
        "they are on the others",
        () -> others.stream().allMatch(this::isQuiet) && spreadIgnoring(dead));
    members.cluster().put(dead.record);
    dead.restart();
    eventually("of two copies one is left", () -> areSpread(nodes));
  }

  private boolean isQuiet(Member node) {
    return node.replication.underReplicated() == 0;
  }

  private boolean spreadIgnoring(Member dead) {
    for (Stripe.Made made : stripes) {
      for (Block shard : made.shards()) {
        if (members.copies(shard) - (dead.has(shard) ? 1 : 0) != 1) {
          return false;
        }
      }
    }
    return true;
  }

  @Test
  void aNodeThatDrainsGivesItsShardsAway() throws Exception {
    start(8);
    Member leaving = nodes.get(2);
    List<Member> others = new ArrayList<>(nodes);
    others.remove(leaving);
    leaving.drain(Action.START);
    eventually(
        "it is drained", () -> leaving.drain(Action.LOOK).getState() == DrainReply.State.DRAINED);
    assertTrue(areSpread(others));
  }

  @Test
  void whereNodesAreTooFewTwoShardsShareOne() throws Exception {
    start(7);
    for (Member dead : List.of(nodes.get(0), nodes.get(1))) {
      dead.stop();
      members.cluster().remove(dead.record.id());
    }
    List<Member> left = nodes.subList(2, 7);
    eventually(
        "all shards are on five nodes",
        () ->
            stripes.stream()
                .allMatch(
                    made ->
                        made.shards().stream()
                            .allMatch(shard -> left.stream().anyMatch(n -> n.has(shard)))));
  }
}
