package io.cairnfs.node.cell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.cairnfs.node.head.CellHeads;
import io.cairnfs.node.head.machine.Residence;
import io.cairnfs.protocol.cell.CellMethods;
import io.cairnfs.protocol.cell.CellRecord;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import io.cairnfs.protocol.transport.local.LinkRule;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Order(1)
final class CellKeeperTest {

  private static final long PATIENCE_NANOS = Duration.ofSeconds(60).toNanos();

  @TempDir Path directory;

  private CellNodes nodes;

  @BeforeEach
  void start() throws IOException {
    nodes = new CellNodes(directory);
  }

  @AfterEach
  void stop() throws IOException {
    nodes.close();
  }

  /** Lets all keepers work until something holds. */
  private void workUntil(String what, CellNodes.Condition condition)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    while (!condition.holds()) {
      assertTrue(System.nanoTime() - start < PATIENCE_NANOS, "waited in vain for " + what);
      nodes.work();
      Thread.sleep(50);
    }
  }

  private CellRecord onlyRecord() {
    assertEquals(1, nodes.directory().all().size());
    return nodes.directory().all().iterator().next();
  }

  @Test
  void twoNodesFormNoCellAndThreeFormOne() throws IOException, InterruptedException {
    nodes.add();
    nodes.add();
    nodes.work();
    assertEquals(List.of(), List.copyOf(nodes.directory().all()));
    nodes.add();
    workUntil("a cell", () -> !nodes.directory().all().isEmpty());
    assertEquals(nodes.ids(), onlyRecord().members().stream().sorted().toList());
    workUntil("a leader", () -> nodes.leads() == 1);
    nodes.work();
    assertEquals(1, onlyRecord().epoch());
  }

  @Test
  void theFirstNodeFoundsACellAloneWhichGrowsAndKeepsItsVolumes()
      throws IOException, InterruptedException {
    nodes.add(CellStart.FIRST);
    workUntil("a cell of one", () -> nodes.leads() == 1 && !nodes.directory().all().isEmpty());
    assertEquals(List.of(nodes.id(0)), onlyRecord().members());
    Founding founding = CellNodes.founding(onlyRecord().id());
    nodes.cell(0).hosted().heads().found(founding, Duration.ofSeconds(10));

    nodes.add();
    for (int i = 0; i < 5; i++) {
      nodes.work();
    }
    assertEquals(1, onlyRecord().epoch(), "two voters would be worse than one");

    nodes.add();
    workUntil("three members", () -> onlyRecord().members().size() == 3);
    assertEquals(nodes.ids(), onlyRecord().members().stream().sorted().toList());
    workUntil("the volume everywhere", () -> nodes.know(founding.volume()) == 3);
    nodes.stop(0);
    workUntil("another leader", () -> nodes.leads() == 1);
  }

  @Test
  void aNodeThatStartsDeniesNoVolumeThatItHosts() throws IOException, InterruptedException {
    nodes.add(CellStart.FIRST);
    workUntil("a cell of one", () -> nodes.leads() == 1 && !nodes.directory().all().isEmpty());
    Founding founding = CellNodes.founding(onlyRecord().id());
    nodes.cell(0).hosted().heads().found(founding, Duration.ofSeconds(10));

    Cells cells = nodes.prepare(0);
    assertFalse(hosts(cells, founding), "it does not take part");
    assertEquals(
        HeadException.Reason.NOT_LEADER,
        assertThrows(HeadException.class, () -> cells.placeOf(founding)).reason());
    assertEquals(
        HeadException.Reason.NOT_LEADER,
        assertThrows(HeadException.class, () -> cells.list(ByteString.EMPTY, 1)).reason());
    cells.start();
    workUntil("the volume", () -> hosts(cells, founding));
    assertEquals(1, cells.list(ByteString.EMPTY, 1).size());
  }

  /** Fails if the node says that there is no such volume. */
  private static boolean hosts(Cells cells, Founding founding) {
    try {
      CellHeads heads = cells.of(founding.volume()).heads();
      assertEquals(
          Residence.HERE, heads.engine().peek(machine -> machine.residence(founding.volume())));
      return true;
    } catch (HeadException e) {
      assertEquals(HeadException.Reason.NOT_LEADER, e.reason());
      return false;
    }
  }

  @Test
  void aCellOfOneThatCrashesWhileItGrowsGoesOnAfterwards()
      throws IOException, InterruptedException {
    nodes.add(CellStart.FIRST);
    workUntil("a cell of one", () -> nodes.leads() == 1 && !nodes.directory().all().isEmpty());
    nodes.add();
    nodes.add();
    nodes
        .network()
        .setRule(
            (from, to, method) ->
                method.equals(CellMethods.APPEND_ENTRIES)
                    ? new LinkRule.Fate.Refuse()
                    : LinkRule.PERFECT.fateOf(from, to, method));
    Thread growing = Thread.ofVirtual().start(() -> nodes.work(0));
    long start = System.nanoTime();
    while (nodes.inCells() < 3) {
      assertTrue(System.nanoTime() - start < PATIENCE_NANOS, "nobody joined");
      Thread.sleep(20);
    }
    nodes.stop(0);
    growing.join();
    nodes.network().setRule(LinkRule.PERFECT);
    nodes.restart(0);
    workUntil("three members", () -> onlyRecord().members().size() == 3);
  }

  @Test
  void aNodeThatJoinsACellOfOneFoundsNone() throws IOException, InterruptedException {
    nodes.add(CellStart.FIRST);
    workUntil("a cell of one", () -> nodes.leads() == 1 && !nodes.directory().all().isEmpty());
    nodes.add(CellStart.BEGINNER);
    for (int i = 0; i < 5; i++) {
      nodes.work();
    }
    assertEquals(1, nodes.directory().all().size());
  }

  @Test
  void aFounderThatDiesGoesOnAfterwards() throws IOException, InterruptedException {
    for (int i = 0; i < 3; i++) {
      nodes.add();
    }
    nodes
        .network()
        .setRule(
            (from, to, method) ->
                method.equals(CellMethods.JOIN)
                    ? new LinkRule.Fate.Refuse()
                    : LinkRule.PERFECT.fateOf(from, to, method));
    nodes.work();
    assertEquals(1, nodes.inCells(), "one has begun");
    assertTrue(nodes.directory().all().isEmpty());
    for (int i = 0; i < 3; i++) {
      nodes.restart(i);
    }
    nodes.network().setRule(LinkRule.PERFECT);
    workUntil("a cell", () -> !nodes.directory().all().isEmpty());
    assertEquals(nodes.ids(), onlyRecord().members().stream().sorted().toList());
  }

  @Test
  void aVoterThatStaysAwayIsReplacedAndLeavesWhenItComesBack()
      throws IOException, InterruptedException {
    for (int i = 0; i < 3; i++) {
      nodes.add();
    }
    workUntil("a cell", () -> !nodes.directory().all().isEmpty());
    workUntil("a leader", () -> nodes.leads() == 1);
    nodes.add();
    int gone = nodes.follower();
    nodes.stop(gone);
    workUntil("another member", () -> onlyRecord().epoch() == 2);
    CellRecord record = onlyRecord();
    assertFalse(record.members().contains(nodes.id(gone)));
    assertEquals(3, record.members().size());

    nodes.restart(gone);
    workUntil("its leave", () -> nodes.inCells() == 3);
  }

  @Test
  void votersThatDrainGiveTheirPlacesToOthers() throws IOException, InterruptedException {
    for (int i = 0; i < 3; i++) {
      nodes.add();
    }
    workUntil("a cell", () -> !nodes.directory().all().isEmpty());
    workUntil("a leader", () -> nodes.leads() == 1);
    nodes.add();
    nodes.add();
    int follower = nodes.follower();
    nodes.drain(follower);
    workUntil("another member", () -> onlyRecord().epoch() == 2);
    assertFalse(onlyRecord().members().contains(nodes.id(follower)));
    workUntil("its leave", () -> nodes.inCells() == 3 && nodes.leads() == 1);

    int leader = nodes.leader();
    nodes.drain(leader);
    workUntil("a cell without its leader", () -> onlyRecord().epoch() == 3 && nodes.leads() == 1);
    assertFalse(onlyRecord().members().contains(nodes.id(leader)));
    workUntil("the leader's leave", () -> nodes.inCells() == 3 && nodes.leads() == 1);
  }

  @Test
  void nobodyFoundsACellWithANodeThatLeaves() throws IOException, InterruptedException {
    for (int i = 0; i < 3; i++) {
      nodes.add();
    }
    nodes.drain(2);
    for (int asked : List.of(1, 2)) {
      WireException refusal = assertThrows(WireException.class, () -> nodes.askToFound(asked));
      assertEquals(WireError.REFUSED, refusal.error());
    }
    assertEquals(0, nodes.inCells());
  }
}
