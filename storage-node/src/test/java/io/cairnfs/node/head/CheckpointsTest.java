package io.cairnfs.node.head;

import static io.cairnfs.node.head.HeadFixture.session;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.cairnfs.dht.core.Value;
import io.cairnfs.node.cell.CellValues;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.NewSnapshot;
import io.cairnfs.protocol.head.RecoveryMessages;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.message.CheckpointRecord;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.NodeId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The checkpoints that a node leaves of its heads, in a directory that the test reads. */
final class CheckpointsTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final Identity voter = Identity.generate();
  private final HeadFixture fixture = new HeadFixture(voter.id());
  private final List<CheckpointRecord> kept = new ArrayList<>();
  private @Nullable Founding holds;
  private boolean reachable = true;
  private long request = 1;
  private CellHeads heads;
  private CellSnapshots snapshots;
  private Checkpoints worker;

  private final VolumeDirectory directory =
      new VolumeDirectory() {
        @Override
        public Optional<Founding> founding(VolumeId volume, Duration timeout) {
          return Optional.ofNullable(holds);
        }

        @Override
        public Optional<CheckpointRecord> checkpoint(
            VolumeId volume, NodeId signer, Duration timeout) {
          return Optional.empty();
        }

        @Override
        public boolean publish(CheckpointRecord checkpoint, Duration timeout) {
          if (reachable) {
            kept.add(checkpoint);
          }
          return reachable;
        }
      };

  @BeforeEach
  void open() throws Exception {
    JournalEngine engine = JournalEngine.open(new MemoryJournal());
    heads = new CellHeads(engine, voter.id());
    snapshots = new CellSnapshots(engine, voter.id(), () -> Instant.EPOCH);
    worker =
        new Checkpoints(
            HostedHeads.only(new Hosted(heads, snapshots)),
            directory,
            voter,
            () -> Instant.ofEpochMilli(1000));
    heads.found(fixture.founding, TIMEOUT);
    heads.open(fixture.volume, session(1), "holder", TIMEOUT);
  }

  @AfterEach
  void close() {
    heads.close();
  }

  private static Cid root(long n) {
    return Cid.of(Codec.DAG_CBOR, Long.toString(n).getBytes(StandardCharsets.UTF_8));
  }

  private void commit() throws Exception {
    heads.commit(
        fixture.volume, session(1), request++, 0, List.of(HeadFixture.commit("body")), TIMEOUT);
  }

  private void fold(long sequence) throws Exception {
    heads.fold(
        fixture.volume,
        session(1),
        heads.info(fixture.volume, TIMEOUT).state().root(),
        root(sequence),
        sequence,
        Commit.NO_CLAIM,
        TIMEOUT);
  }

  @Test
  void everyFoldLeavesOne() throws Exception {
    commit();
    worker.work();
    assertEquals(List.of(), kept, "there is no tree yet");
    fold(1);
    worker.work();
    worker.work();
    commit();
    worker.work();
    assertEquals(1, kept.size());
    fold(2);
    worker.work();
    assertEquals(2, kept.size());
    CheckpointRecord last = kept.getLast();
    assertEquals(2, last.getHead().getState().getSequence());
    assertEquals(HeadMessages.encodeRoot(root(2)), last.getHead().getState().getRoot());
    assertTrue(last.getVersion() > kept.getFirst().getVersion());
    snapshots.create(fixture.volume, NewSnapshot.named("a"), TIMEOUT);
    worker.work();
    assertEquals(1, kept.getLast().getHead().getSnapshotCount());
  }

  @Test
  void whatCouldNotBeStoredIsStoredLater() throws Exception {
    commit();
    fold(1);
    reachable = false;
    worker.work();
    assertTrue(worker.progress().endsWith("1 wait"), worker.progress());
    reachable = true;
    worker.work();
    assertEquals(1, kept.size());
    assertTrue(worker.progress().endsWith("0 wait"), worker.progress());
  }

  @Test
  void onlyTheVotersOwnWordIsTaken() throws Exception {
    commit();
    fold(1);
    worker.work();
    CheckpointRecord good = kept.getFirst();
    Value value = CheckpointValues.of(good);
    assertTrue(CellValues.isValid(value));
    assertNotNull(CheckpointValues.read(value));
    Value elsewhere =
        new Value(
            CheckpointValues.keyOf(fixture.volume, Identity.generate().id()),
            value.sequence(),
            value.bytes());
    assertNull(CheckpointValues.read(elsewhere));
    assertNull(CheckpointValues.read(new Value(value.key(), value.sequence() + 1, value.bytes())));
    CheckpointRecord changed =
        good.toBuilder().setHead(good.getHead().toBuilder().setNextInode(1)).build();
    assertNull(CheckpointValues.read(CheckpointValues.of(changed)));
    CheckpointRecord stranger = RecoveryMessages.sign(good, Identity.generate());
    assertNull(CheckpointValues.read(CheckpointValues.of(stranger)), "it does not vote");
    assertNull(
        CheckpointValues.read(
            new Value(value.key(), value.sequence(), ByteString.copyFromUtf8("nonsense"))));
  }

  @Test
  void whereThereIsNoRoomTheOldestSnapshotsOfSchedulesAreLeftOut() throws Exception {
    commit();
    fold(1);
    snapshots.create(fixture.volume, NewSnapshot.named("a person's"), TIMEOUT);
    for (int i = 0; i < 200; i++) {
      snapshots.create(fixture.volume, NewSnapshot.scheduled("auto-" + i), TIMEOUT);
    }
    worker.work();
    CheckpointRecord checkpoint = kept.getLast();
    assertNotNull(CheckpointValues.read(CheckpointValues.of(checkpoint)));
    assertTrue(checkpoint.getSnapshotsLeftOut() > 50, checkpoint::toString);
    assertEquals("a person's", checkpoint.getHead().getSnapshot(0).getName());
    int last = checkpoint.getHead().getSnapshotCount() - 1;
    assertEquals("auto-199", checkpoint.getHead().getSnapshot(last).getName());
  }

  @Test
  void aHeadWhoseVolumeWasFoundedAgainElsewhereEnds() throws Exception {
    commit();
    fold(1);
    holds = fixture.founding;
    worker.work();
    assertEquals(1, kept.size());
    Checkpoints later =
        new Checkpoints(
            HostedHeads.only(new Hosted(heads, snapshots)), directory, voter, Instant::now);
    holds = fixture.foundedAgain(1);
    later.work();
    HeadException ended =
        assertThrows(HeadException.class, () -> heads.info(fixture.volume, TIMEOUT));
    assertEquals(HeadException.Reason.MOVED, ended.reason());
    assertThrows(HeadException.class, this::commit);
  }
}
