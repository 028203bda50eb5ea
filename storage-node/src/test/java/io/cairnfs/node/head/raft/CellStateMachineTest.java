package io.cairnfs.node.head.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.cairnfs.node.head.HeadFixture;
import io.cairnfs.node.head.Listeners;
import io.cairnfs.node.head.RocksBodies;
import io.cairnfs.node.head.RocksJournal;
import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.rocks.RocksSettings;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.message.Command;
import io.cairnfs.protocol.head.message.CommandGroup;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.statemachine.TransactionContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every voter does with an entry, whoever leads. */
final class CellStateMachineTest {

  private static final CellStateMachine.Events NOBODY =
      new CellStateMachine.Events() {
        @Override
        public void ready() {}

        @Override
        public void lost() {}

        @Override
        public void grown() {}
      };

  private static final long LEASE = HeadLimits.LEASE.toMillis();

  @TempDir Path directory;

  private final HeadFixture fixture = new HeadFixture();
  private final ClientId client = ClientId.randomId();
  private RocksDatabase database;
  private CellStateMachine machine;
  private long entries;

  @BeforeEach
  void open() throws IOException {
    database = RocksDatabase.open(directory, RocksJournal.COLUMNS, RocksSettings.MODERATE);
    machine = new CellStateMachine(new RocksBodies(database), new Listeners(), NOBODY);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void apply(long entryTerm, long groupTerm, long nowMillis, Command.Builder... commands) {
    CommandGroup.Builder group =
        CommandGroup.newBuilder().setTerm(groupTerm).setNowMillis(nowMillis);
    for (Command.Builder command : commands) {
      group.addCommand(command.setNowMillis(nowMillis)).addBodies(ByteString.EMPTY);
    }
    LogEntryProto entry =
        LogEntryProto.newBuilder()
            .setTerm(entryTerm)
            .setIndex(++entries)
            .setStateMachineLogEntry(
                StateMachineLogEntryProto.newBuilder()
                    .setClientId(client.toByteString())
                    .setCallId(entries)
                    .setLogData(
                        org.apache.ratis.thirdparty.com.google.protobuf.ByteString.copyFrom(
                            group.build().toByteArray())))
            .build();
    machine
        .applyTransaction(
            TransactionContext.newBuilder()
                .setStateMachine(machine)
                .setServerRole(RaftPeerRole.FOLLOWER)
                .setLogEntry(entry)
                .build())
        .join();
  }

  private Command.Builder found() {
    return Command.newBuilder().setFound(fixture.found());
  }

  private Command.Builder open(int session) {
    return Command.newBuilder().setOpen(fixture.open(HeadFixture.session(session)));
  }

  private long index() throws IOException {
    return machine.<Long>peek(heads -> heads.index());
  }

  private boolean runs(int session, long nowMillis) throws IOException {
    return machine
        .peek(heads -> heads.running(fixture.volume, nowMillis))
        .contains(HeadFixture.session(session));
  }

  @Test
  void theFirstGroupOfATermIsPrecededByATakeover() throws IOException {
    apply(1, 1, 0, found(), open(1));
    assertEquals(3, index());
    apply(1, 1, 10);
    assertEquals(3, index());

    long later = 2 * LEASE;
    assertFalse(runs(1, later));
    apply(2, 2, later);
    assertEquals(4, index());
    assertTrue(runs(1, later), "every lease runs its length from the takeover");
  }

  /** A leader that was paused, and is one again, must not bring a time that it gave before. */
  @Test
  void aGroupOfAnotherTermIsVoid() throws IOException {
    apply(1, 1, 0, found(), open(1));
    apply(3, 3, 10);
    apply(3, 1, 100 * LEASE, open(2));
    assertEquals(10, machine.nowMillis());
    assertTrue(runs(1, 10));
    assertFalse(runs(2, 10));
  }
}
