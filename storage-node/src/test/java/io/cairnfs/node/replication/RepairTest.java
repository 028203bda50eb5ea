package io.cairnfs.node.replication;

import static io.cairnfs.node.replication.TestMembers.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.node.replication.TestMembers.Member;
import io.cairnfs.node.store.PutOptions;
import io.cairnfs.node.store.SurplusCopy;
import io.cairnfs.node.store.TestBlocks;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.Claim;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.repair.message.DrainReply;
import io.cairnfs.protocol.repair.message.DrainRequest.Action;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Replicas that are lost, and members that come and go. */
final class RepairTest {

  private static final VolumeId VOLUME =
      VolumeId.of(TestBlocks.random(99, 1).cid().key().toBytes());
  private static final Claim CLAIM = new Claim(VOLUME, 7);

  private final TestMembers members = new TestMembers();

  @AfterEach
  void stop() {
    members.close();
  }

  private static PutOptions claimed(int replication) {
    return new PutOptions(false, false, replication, List.of(CLAIM));
  }

  /** Puts blocks where they belong. */
  private static void place(List<Block> blocks, int replication, List<Member> nodes)
      throws Exception {
    for (Block block : blocks) {
      for (Member node : nodes) {
        if (node.replicas.isDesignated(node.record.id(), block.cid().key(), replication)) {
          node.store.put(List.of(block), claimed(replication));
        }
      }
    }
  }

  private boolean areWhere(List<Block> blocks, int replication, List<Member> nodes)
      throws Exception {
    for (Block block : blocks) {
      for (Member node : nodes) {
        boolean belongs =
            node.replicas.isDesignated(node.record.id(), block.cid().key(), replication);
        if (node.has(block) != belongs) {
          return false;
        }
      }
    }
    return true;
  }

  @Test
  void whatIsLostSilentlyComesBackWithItsClaims() throws Exception {
    List<Member> nodes = List.of(members.add(), members.add(), members.add());
    List<Block> blocks = TestBlocks.random(1, 300, 1000);
    place(blocks, 3, nodes);
    nodes.forEach(Member::start);
    Member c = nodes.get(2);
    eventually("all have followed", () -> c.replication.underReplicated() == 0);
    eventually("all are compared", () -> c.replication.complaints().isEmpty());
    for (Block lost : blocks.subList(10, 15)) {
      c.store.delete(lost.cid().key());
    }
    eventually("c has them again", () -> areWhere(blocks, 3, nodes));
    for (Block block : blocks) {
      assertEquals(List.of(CLAIM), c.store.claims(block.cid().key()));
      assertEquals(3, Objects.requireNonNull(c.store.stat(block.cid().key())).replication());
    }
  }

  @Test
  void aDeadNodeIsRebuiltElsewhereAndKeepsWhatItHasWhenItReturns() throws Exception {
    List<Member> nodes =
        List.of(members.add(), members.add(), members.add(), members.add(), members.add());
    List<Block> blocks = TestBlocks.random(1, 400, 500);
    place(blocks, 3, nodes);
    nodes.forEach(Member::start);
    Member dead = nodes.getLast();
    List<Member> others = nodes.subList(0, 4);
    eventually("all are compared", () -> dead.replication.complaints().isEmpty());
    NodeRecord record = dead.record;
    dead.stop();
    members.cluster().remove(record.id());
    eventually("the others have three replicas of all", () -> areWhere(blocks, 3, others));

    members.cluster().put(record);
    long kept = dead.store.lastArrival();
    dead.restart();
    eventually("only the designated replicas have them", () -> areWhere(blocks, 3, nodes));
    assertEquals(kept, dead.store.lastArrival(), "it fetched nothing that it had");
    for (Block block : blocks) {
      assertEquals(3, members.copies(block));
    }
  }

  @Test
  void aNodeThatJoinsGetsItsShareAndOthersGiveItUp() throws Exception {
    List<Member> nodes = List.of(members.add(), members.add(), members.add());
    List<Block> blocks = TestBlocks.random(1, 300, 500);
    place(blocks, 2, nodes);
    nodes.forEach(Member::start);
    Member fourth = members.add();
    fourth.start();
    List<Member> all = List.of(nodes.get(0), nodes.get(1), nodes.get(2), fourth);
    eventually("everything is where it belongs", () -> areWhere(blocks, 2, all));
    long moved = fourth.store.figures().blocks();
    assertTrue(moved > 100 && moved < 200, moved + " of 600 copies moved");
    for (Block block : blocks) {
      if (fourth.has(block)) {
        assertEquals(List.of(CLAIM), fourth.store.claims(block.cid().key()));
      }
    }
  }

  @Test
  void whatWasPutElsewhereDuringAnOutageGoesBack() throws Exception {
    List<Member> nodes = List.of(members.add(), members.add(), members.add());
    nodes.forEach(Member::start);
    Member down = nodes.getFirst();
    down.stop();
    List<Block> blocks = TestBlocks.random(1, 100, 500);
    for (Block block : blocks) {
      for (Member node : nodes.subList(1, 3)) {
        node.store.put(List.of(block), claimed(2)); // two replicas, on those that are up
      }
    }
    down.restart();
    eventually("everything is where it belongs", () -> areWhere(blocks, 2, nodes));
    for (Block block : blocks) {
      assertEquals(2, members.copies(block));
    }
  }

  @Test
  void aNodeThatDrainsIsSafeToStopAndKeepsAllUntilThen() throws Exception {
    List<Member> nodes = List.of(members.add(), members.add(), members.add(), members.add());
    List<Block> blocks = TestBlocks.random(1, 300, 500);
    place(blocks, 3, nodes);
    nodes.forEach(Member::start);
    Member leaving = nodes.getFirst();
    List<Member> others = nodes.subList(1, 4);
    long held = leaving.store.figures().blocks();
    assertEquals(DrainReply.State.ACTIVE, leaving.drain(Action.LOOK).getState());
    assertEquals("", leaving.drain(Action.START).getRefusal());
    eventually(
        "all is safe", () -> leaving.drain(Action.LOOK).getState() == DrainReply.State.DRAINED);
    for (Block block : blocks) {
      assertEquals(3, others.stream().filter(node -> node.has(block)).count());
      assertEquals(List.of(CLAIM), others.getFirst().store.claims(block.cid().key()));
    }
    DrainReply drained = leaving.drain(Action.LOOK);
    assertEquals(held, drained.getBlocks());
    assertEquals(0, drained.getBlocksLeft());
    assertEquals(held, leaving.store.figures().blocks(), "nothing is dropped");

    Block late = TestBlocks.random(7777, 500);
    leaving.store.put(List.of(late), claimed(3)); // by a client that has not heard of it
    eventually("the late one, too", () -> others.stream().allMatch(node -> node.has(late)));

    leaving.stop();
    leaving.restart();
    assertEquals(DrainReply.State.DRAINED, leaving.drain(Action.LOOK).getState());
    assertEquals(DrainReply.State.ACTIVE, leaving.drain(Action.CANCEL).getState());
    eventually("all is as before", () -> areWhere(blocks, 3, nodes));
  }

  @Test
  void blocksOfManyRangesAreOfferedTogether() throws Exception {
    List<Integer> offers = Collections.synchronizedList(new ArrayList<>());
    Confirmation counting =
        blocks -> {
          offers.add(blocks.size());
          return blocks.stream().map(block -> new SurplusCopy(block.digest(), Set.of())).toList();
        };
    Member leaving = members.add(members.cluster(), counting);
    members.add();
    for (Block block : TestBlocks.random(1, 300, 500)) {
      leaving.store.put(List.of(block), claimed(1));
    }
    leaving.drain(Action.START);
    leaving.start(); // only now, as it would hand over what is not its own
    eventually(
        "all is safe", () -> leaving.drain(Action.LOOK).getState() == DrainReply.State.DRAINED);
    assertTrue(offers.size() <= 4, "300 blocks were offered in parts of " + offers);
  }

  @Test
  void aDrainThatLeavesTooFewReplicasIsRefused() throws Exception {
    List<Member> nodes = List.of(members.add(), members.add(), members.add());
    place(TestBlocks.random(1, 10, 500), 3, nodes);
    String refusal = nodes.getFirst().drain(Action.START).getRefusal();
    assertTrue(refusal.contains("add a node first"), refusal);
    assertEquals(DrainReply.State.ACTIVE, nodes.getFirst().drain(Action.LOOK).getState());
  }

  /** The only node that should have the block does not get it: it answers, and copies nothing. */
  private boolean survivesASlowTaker(@Nullable Confirmation confirmation) throws Exception {
    Member holder = members.add(members.cluster(), confirmation);
    Member taker = members.add();
    Block block = belongingTo(taker, holder);
    holder.store.put(List.of(block), claimed(1));
    holder.start();
    for (int i = 0; i < 100 && holder.has(block); i++) {
      Thread.sleep(20);
    }
    return members.copies(block) > 0;
  }

  private static Block belongingTo(Member owner, Member other) throws Exception {
    for (int seed = 0; ; seed++) {
      Block block = TestBlocks.random(seed, 500);
      if (other.replicas.isDesignated(owner.record.id(), block.cid().key(), 1)) {
        return block;
      }
    }
  }

  @Test
  void aCopyStaysUntilThoseWhoShouldHaveItConfirm() throws Exception {
    assertTrue(survivesASlowTaker(null));
  }

  /** The twin: it shows that the one above would see a copy dropped too early. */
  @Test
  void withoutConfirmationTheOnlyCopyIsLost() throws Exception {
    Confirmation blind =
        blocks ->
            blocks.stream().map(block -> new SurplusCopy(block.digest(), Set.of(CLAIM))).toList();
    assertTrue(!survivesASlowTaker(blind));
  }

  /** Each of two nodes believes that the block belongs to the other one. */
  @Test
  void twoNodesThatDisagreeDoNotBothDropTheOnlyCopies() throws Exception {
    Member a = members.add();
    Member b = members.add();
    Key256 digest = belongingTo(b, a).cid().key();
    Dropping dropping = new Dropping();
    OfferHandler handler =
        new OfferHandler(b.store, b.replicas, new MissingBlocks(), dropping, () -> true);
    assertTrue(b.replicas.isDesignated(b.record.id(), digest, 1));
    dropping.begin(List.of(digest));
    assertEquals(
        "NOT_MINE", OfferCalls.answer(handler, a.record.id(), digest), "b may drop it itself");
    dropping.end(List.of(digest));
    assertEquals("WANTED", OfferCalls.answer(handler, a.record.id(), digest));
    NodeId stranger = a.record.id();
    assertTrue(!b.replicas.isDesignated(stranger, digest, 1));
  }

  @Test
  void aCopyThatIsClaimedMeanwhileStays() throws Exception {
    Member a = members.add();
    Block block = TestBlocks.random(1, 100);
    Key256 digest = block.cid().key();
    a.store.put(List.of(block), claimed(1));
    SurplusCopy seen = new SurplusCopy(digest, Set.copyOf(a.store.claims(digest)));
    a.store.claim(List.of(digest), new Claim(VOLUME, 8));
    assertEquals(0, a.store.drop(List.of(seen)));
    assertTrue(a.has(block));
    assertEquals(1, a.store.drop(List.of(new SurplusCopy(digest, Set.of(new Claim(VOLUME, 8))))));
  }
}
