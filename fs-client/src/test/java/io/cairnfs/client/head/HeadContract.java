package io.cairnfs.client.head;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.head.ChainHash;
import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.CommitOutcome;
import io.cairnfs.protocol.head.CommitOutcome.Committed;
import io.cairnfs.protocol.head.CommitOutcome.Conflict;
import io.cairnfs.protocol.head.CommitOutcome.NotAttempted;
import io.cairnfs.protocol.head.CommitOutcome.TooOld;
import io.cairnfs.protocol.head.Delta;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.FoundingSignature;
import io.cairnfs.protocol.head.Head;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.HeadState;
import io.cairnfs.protocol.head.InodeRange;
import io.cairnfs.protocol.head.Quota;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.SignedQuota;
import io.cairnfs.protocol.head.Usage;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What every {@link Head} does. */
abstract class HeadContract {

  static final NodeId VOTER = new NodeId(Key256.of(new byte[32]));
  static final Duration TIMEOUT = Duration.ofSeconds(20);

  final SessionId session = SessionId.random();
  private Identity owner;
  VolumeId volume;
  private Founding founding;
  Head head;

  /** A head with nothing in it, whose only voter is {@link #VOTER}. */
  abstract Head create() throws Exception;

  /** The same head after its process was stopped and started. */
  abstract Head restart() throws Exception;

  abstract void destroy() throws Exception;

  @BeforeEach
  void found() throws Exception {
    head = create();
    owner = Identity.generate();
    volume = VolumeId.of(owner.publicKey());
    founding = FoundingSignature.sign(record("photos", VOTER), owner);
    head.found(founding, TIMEOUT);
  }

  @AfterEach
  void end() throws Exception {
    destroy();
  }

  private Founding record(String name, NodeId voter) {
    return new Founding(
        volume, name, List.of(voter), 3, Instant.ofEpochSecond(1_700_000_000L), new byte[0]);
  }

  @Test
  void aVolumeStartsEmpty() throws Exception {
    HeadState state = head.info(volume, TIMEOUT).state();
    assertNull(state.root());
    assertEquals(0, state.sequence());
    assertEquals(ChainHash.start(volume), state.chain());
    assertEquals(List.of(), head.deltas(volume, 0, TIMEOUT));
    assertEquals("photos", head.info(volume, TIMEOUT).founding().name());
    assertEquals(1, head.list(TIMEOUT).size());
  }

  @Test
  void foundingTwiceIsFineAndAnotherRecordIsNot() throws Exception {
    head.found(founding, TIMEOUT);
    Founding other = FoundingSignature.sign(record("music", VOTER), owner);
    refused(Reason.EXISTS, () -> head.found(other, TIMEOUT));
  }

  @Test
  void forgedAndMisdirectedFoundingsAreRefused() throws Exception {
    Identity stranger = Identity.generate();
    volume = VolumeId.of(stranger.publicKey());
    Founding forged = FoundingSignature.sign(record("photos", VOTER), owner);
    refused(Reason.REFUSED, () -> head.found(forged, TIMEOUT));
    NodeId elsewhere = NodeId.parse("01".repeat(32));
    Founding misdirected = FoundingSignature.sign(record("photos", elsewhere), stranger);
    refused(Reason.REFUSED, () -> head.found(misdirected, TIMEOUT));
    assertEquals(1, head.list(TIMEOUT).size());
  }

  @Test
  void aQuotaNeedsTheOwnersKeyAndItsTurn() throws Exception {
    Quota quota = new Quota(1 << 20, 10);
    SignedQuota signed = SignedQuota.sign(volume, quota, 1, owner);
    SignedQuota forged = SignedQuota.sign(volume, Quota.NONE, 1, Identity.generate());
    refused(Reason.REFUSED, () -> head.setQuota(forged, TIMEOUT));
    head.setQuota(signed, TIMEOUT);
    head.setQuota(SignedQuota.sign(volume, Quota.NONE, 2, owner), TIMEOUT);
    refused(Reason.OVERTAKEN, () -> head.setQuota(signed, TIMEOUT));
    head.setQuota(SignedQuota.sign(volume, quota, 3, owner), TIMEOUT);
    head = restart();
    HeadState state = head.info(volume, TIMEOUT).state();
    assertEquals(quota, state.quota());
    assertEquals(3, state.quotaVersion());
  }

  @Test
  void anUnknownVolumeIsSaidToBe() {
    VolumeId unknown = VolumeId.of(new byte[VolumeId.BYTES]);
    refused(Reason.UNKNOWN_VOLUME, () -> head.info(unknown, TIMEOUT));
    refused(Reason.UNKNOWN_VOLUME, () -> head.open(unknown, session, "me", TIMEOUT));
    refused(Reason.UNKNOWN_VOLUME, () -> head.deltas(unknown, 0, TIMEOUT));
    refused(
        Reason.UNKNOWN_VOLUME,
        () -> head.commit(unknown, session, 1, 0, List.of(delta("a")), TIMEOUT));
  }

  @Test
  void aSecondSessionIsRefusedNamingTheHolder() throws Exception {
    assertTrue(head.open(volume, session, "host:1:/mnt", TIMEOUT).exclusive());
    HeadException held =
        assertThrows(
            HeadException.class,
            () -> head.openAlone(volume, SessionId.random(), "host:2:/mnt", TIMEOUT));
    assertEquals(Reason.HELD, held.reason());
    assertTrue(String.valueOf(held.getMessage()).contains("host:1:/mnt"), held.getMessage());
    assertEquals("host:1:/mnt", head.info(volume, TIMEOUT).holder());
    head.open(volume, session, "host:1:/mnt", TIMEOUT);
    head.renew(volume, session, TIMEOUT);
    head.close(volume, session, TIMEOUT);
    assertEquals("", head.info(volume, TIMEOUT).holder());
    head.open(volume, SessionId.random(), "host:2:/mnt", TIMEOUT);
  }

  @Test
  void aClosedSessionIsDead() throws Exception {
    head.open(volume, session, "me", TIMEOUT);
    head.close(volume, session, TIMEOUT);
    head.close(volume, session, TIMEOUT);
    refused(Reason.FENCED, () -> head.renew(volume, session, TIMEOUT));
    refused(Reason.FENCED, () -> head.open(volume, session, "me", TIMEOUT));
    refused(Reason.FENCED, () -> commit(1, 0, delta("a")));
    refused(Reason.FENCED, () -> head.grantInodes(volume, session, 1, TIMEOUT));
    refused(Reason.FENCED, () -> head.acquireFoldToken(volume, session, TIMEOUT));
    refused(Reason.FENCED, () -> head.fold(volume, session, null, root(1), 0, 0, TIMEOUT));
  }

  @Test
  void commitsComeBackAsDeltasWithTheirChain() throws Exception {
    head.open(volume, session, "me", TIMEOUT);
    assertEquals(committed(1, 2), commit(1, 0, delta("a"), delta("")));
    assertEquals(committed(3), commit(3, 2, delta("ccc")));
    List<Delta> deltas = head.deltas(volume, 0, TIMEOUT);
    assertEquals(List.of("a", "", "ccc"), bodies(deltas));
    ChainHash chain = ChainHash.start(volume);
    for (Delta delta : deltas) {
      chain = chain.next(delta.sequence(), session, delta.body());
      assertEquals(chain, delta.chain());
    }
    HeadState state = head.info(volume, TIMEOUT).state();
    assertEquals(chain, state.chain());
    assertEquals(3, state.sequence());
    assertEquals(new Usage(30, 3), state.usage());
    assertEquals(List.of("", "ccc"), bodies(head.deltas(volume, 1, TIMEOUT)));
    assertEquals(List.of(), head.deltas(volume, 3, TIMEOUT));
    refused(Reason.REFUSED, () -> head.deltas(volume, 4, TIMEOUT));
  }

  @Test
  void aRepeatedRequestHasItsFirstResult() throws Exception {
    head.open(volume, session, "me", TIMEOUT);
    commit(1, 0, delta("a"), delta("b"));
    assertEquals(committed(1, 2), commit(1, 0, delta("a"), delta("b")));
    assertEquals(committed(2, 3), commit(2, 0, delta("b"), delta("c")));
    assertEquals(3, head.info(volume, TIMEOUT).state().sequence());
    head = restart();
    assertEquals(committed(1, 2, 3), commit(1, 0, delta("a"), delta("b"), delta("c")));
    assertEquals(List.of("a", "b", "c"), bodies(head.deltas(volume, 0, TIMEOUT)));
  }

  @Test
  void gapsAndForgottenNumbersAreRefused() throws Exception {
    head.open(volume, session, "me", TIMEOUT);
    refused(Reason.REFUSED, () -> commit(2, 0, delta("a")));
    commit(1, 0, delta("a"), delta("b"));
    refused(Reason.REFUSED, () -> commit(4, 2, delta("c")));
    refused(Reason.REFUSED, () -> commit(3, 3, delta("c")));
    commit(3, 2, delta("c"));
    refused(Reason.REFUSED, () -> commit(2, 0, delta("b")));
    assertEquals(3, head.info(volume, TIMEOUT).state().sequence());
  }

  @Test
  void aConflictFailsTheRestOfAnExclusiveBatch() throws Exception {
    head.open(volume, session, "me", TIMEOUT);
    commit(1, 0, transaction(0, List.of(), List.of(7L)));
    List<CommitOutcome> outcomes =
        commit(
            2,
            1,
            transaction(0, List.of(8L), List.of(9L)),
            transaction(0, List.of(6L, 7L), List.of(8L)),
            transaction(2, List.of(), List.of()));
    assertEquals(List.of(new Committed(2), new Conflict(), new NotAttempted()), outcomes);
    assertEquals(outcomes.subList(1, 3), commit(3, 1, delta("?"), delta("?")));
    assertEquals(2, head.info(volume, TIMEOUT).state().sequence());
    assertEquals(List.of(new Committed(3)), commit(5, 4, transaction(2, List.of(7L), List.of())));
  }

  @Test
  void aReadBeforeUndeclaredWritesIsTooOld() throws Exception {
    head.open(volume, session, "me", TIMEOUT);
    commit(1, 0, delta("a"));
    assertEquals(List.of(new TooOld()), commit(2, 1, transaction(0, List.of(1L), List.of())));
    assertEquals(List.of(new Committed(2)), commit(3, 2, transaction(1, List.of(1L), List.of())));
  }

  @Test
  void brokenLimitsAreRefusedWithoutEffect() throws Exception {
    head.open(volume, session, "me", TIMEOUT);
    Commit large =
        new Commit(0, List.of(), List.of(), Usage.NONE, new byte[HeadLimits.MAX_BODY_BYTES + 1]);
    refused(Reason.REFUSED, () -> commit(1, 0, delta("a"), large));
    refused(Reason.REFUSED, () -> commit(1, 0, transaction(1, List.of(), List.of())));
    List<Commit> many = Collections.nCopies(HeadLimits.MAX_BATCH_COMMITS + 1, delta(""));
    refused(Reason.REFUSED, () -> head.commit(volume, session, 1, 0, many, TIMEOUT));
    refused(Reason.REFUSED, () -> head.grantInodes(volume, session, 0, TIMEOUT));
    assertEquals(committed(1), commit(1, 0, delta("a")));
  }

  @Test
  void fullBatchesAreTakenAndReadBackInPages() throws Exception {
    head.open(volume, session, "me", TIMEOUT);
    byte[] body = new byte[HeadLimits.MAX_BODY_BYTES];
    Arrays.fill(body, (byte) 5);
    Commit half = new Commit(0, List.of(), List.of(), Usage.NONE, body);
    commit(1, 0, half, half);
    List<Commit> many = Collections.nCopies(HeadLimits.MAX_BATCH_COMMITS, delta("tiny"));
    assertEquals(
        HeadLimits.MAX_BATCH_COMMITS,
        head.commit(volume, session, 3, 2, many, TIMEOUT).outcomes().size());
    List<Delta> deltas = new ArrayList<>(head.deltas(volume, 0, TIMEOUT));
    assertArrayEquals(body, deltas.get(1).body());
    while (deltas.size() < many.size() + 2) {
      List<Delta> page = head.deltas(volume, deltas.getLast().sequence(), TIMEOUT);
      assertFalse(page.isEmpty());
      deltas.addAll(page);
    }
    assertEquals(deltas.getLast().chain(), head.info(volume, TIMEOUT).state().chain());
  }

  @Test
  void inodesAreNeverGrantedTwice() throws Exception {
    head.open(volume, session, "me", TIMEOUT);
    InodeRange first = head.grantInodes(volume, session, 10, TIMEOUT);
    assertEquals(new InodeRange(2, 12), first);
    head = restart();
    assertEquals(12, head.grantInodes(volume, session, 10, TIMEOUT).first());
  }

  @Test
  void aFoldReplacesTheRootAndItsDeltas() throws Exception {
    head.open(volume, session, "me", TIMEOUT);
    commit(1, 0, delta("a"), delta("b"), delta("c"));
    ChainHash second = head.deltas(volume, 0, TIMEOUT).get(1).chain();
    assertTrue(head.acquireFoldToken(volume, session, TIMEOUT).held());
    head.fold(volume, session, null, root(1), 2, 0, TIMEOUT);
    head.fold(volume, session, null, root(1), 2, 0, TIMEOUT);
    HeadState state = head.info(volume, TIMEOUT).state();
    assertEquals(root(1), state.root());
    assertEquals(2, state.rootSequence());
    assertEquals(second, state.rootChain());
    assertEquals(1 + HeadLimits.DELTA_OVERHEAD_BYTES, state.unfoldedBytes());
    refused(Reason.REFUSED, () -> head.deltas(volume, 1, TIMEOUT));
    assertEquals(List.of("c"), bodies(head.deltas(volume, 2, TIMEOUT)));
    refused(Reason.OVERTAKEN, () -> head.fold(volume, session, null, root(2), 3, 0, TIMEOUT));
    refused(Reason.OVERTAKEN, () -> head.fold(volume, session, root(1), root(2), 1, 0, TIMEOUT));
    refused(Reason.REFUSED, () -> head.fold(volume, session, root(1), root(2), 4, 0, TIMEOUT));
    head = restart();
    assertEquals(state, head.info(volume, TIMEOUT).state());
    assertEquals(List.of("c"), bodies(head.deltas(volume, 2, TIMEOUT)));
    head.fold(volume, session, root(1), root(1), 3, 0, TIMEOUT);
    assertEquals(0, head.info(volume, TIMEOUT).state().unfoldedBytes());
  }

  List<CommitOutcome> commit(long first, long acknowledged, Commit... batch)
      throws HeadException, InterruptedException {
    return head.commit(volume, session, first, acknowledged, List.of(batch), TIMEOUT).outcomes();
  }

  static Commit delta(String body) {
    return new Commit(
        0, List.of(), List.of(), new Usage(10, 1), body.getBytes(StandardCharsets.UTF_8));
  }

  static Commit transaction(long readVersion, List<Long> reads, List<Long> writes) {
    return new Commit(readVersion, reads, writes, Usage.NONE, new byte[] {1});
  }

  static List<CommitOutcome> committed(long... sequences) {
    return Arrays.stream(sequences).<CommitOutcome>mapToObj(Committed::new).toList();
  }

  static List<String> bodies(List<Delta> deltas) {
    return deltas.stream().map(delta -> new String(delta.body(), StandardCharsets.UTF_8)).toList();
  }

  private static Cid root(int n) {
    return Cid.of(Codec.DAG_CBOR, new byte[] {(byte) n});
  }

  static void refused(Reason reason, Executable call) {
    assertEquals(reason, assertThrows(HeadException.class, call).reason());
  }
}
