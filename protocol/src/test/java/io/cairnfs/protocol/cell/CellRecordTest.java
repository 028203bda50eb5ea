package io.cairnfs.protocol.cell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.cell.message.CellHistory;
import io.cairnfs.protocol.cell.message.CellMembership;
import io.cairnfs.protocol.cell.message.MemberSignature;
import io.cairnfs.protocol.identity.Identity;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CellRecordTest {

  private static final int DHT_VALUE_BYTES = 10 * 1024;

  private final Identity a = Identity.generate();
  private final Identity b = Identity.generate();
  private final Identity c = Identity.generate();
  private final Identity d = Identity.generate();

  private static List<ByteString> keys(Identity... members) {
    return CellMembers.sorted(
        List.of(members).stream().map(one -> ByteString.copyFrom(one.publicKey())).toList());
  }

  private static List<MemberSignature> signatures(
      CellId cell, long epoch, List<ByteString> members, Identity... signers) {
    List<MemberSignature> signatures = new ArrayList<>();
    for (Identity signer : signers) {
      signatures.add(
          MemberSignature.newBuilder()
              .setKey(ByteString.copyFrom(signer.publicKey()))
              .setSignature(
                  ByteString.copyFrom(signer.sign(CellMembers.statement(cell, epoch, members))))
              .build());
    }
    return signatures;
  }

  private static CellHistory founding(Identity... members) {
    return CellHistory.newBuilder()
        .setNonce(ByteString.copyFromUtf8("nonce"))
        .addMembership(CellMembership.newBuilder().addAllMember(keys(members)))
        .build();
  }

  private CellRecord founded() {
    CellHistory founding = founding(a, b, c);
    CellId id = CellMembers.idOf(founding);
    CellMembership signed =
        founding.getMembership(0).toBuilder()
            .addAllSignature(signatures(id, 1, keys(a, b, c), a, b))
            .build();
    return CellRecord.of(founding.toBuilder().setMembership(0, signed).build());
  }

  @Test
  void aMajorityFoundsIt() {
    CellRecord record = CellRecord.decode(founded().encode());
    assertEquals(1, record.epoch());
    assertEquals(keys(a, b, c), record.keys());
    CellHistory founding = founding(a, b, c);
    assertThrows(IllegalArgumentException.class, () -> CellRecord.of(founding));
    CellMembership one =
        founding.getMembership(0).toBuilder()
            .addAllSignature(signatures(CellMembers.idOf(founding), 1, keys(a, b, c), a, a))
            .build();
    assertThrows(
        IllegalArgumentException.class,
        () -> CellRecord.of(founding.toBuilder().setMembership(0, one).build()),
        "one member is no majority, however often it signs");
  }

  @Test
  void theMembersBeforeDecideWhoComesAfter() {
    CellRecord record = founded();
    List<ByteString> next = keys(a, b, d);
    CellRecord changed = record.with(next, signatures(record.id(), 2, next, a, b));
    assertEquals(2, changed.epoch());
    assertEquals(next, changed.keys());
    assertEquals(record.id(), changed.id());
    assertThrows(
        IllegalArgumentException.class,
        () -> record.with(next, signatures(record.id(), 2, next, a, d)),
        "who comes is not asked");
    assertThrows(
        IllegalArgumentException.class,
        () -> record.with(next, signatures(record.id(), 3, next, a, b)),
        "it was signed for another epoch");
    List<ByteString> others = keys(a, c, d);
    assertThrows(
        IllegalArgumentException.class,
        () -> record.with(others, signatures(record.id(), 2, next, a, b)),
        "others were signed");
  }

  @Test
  void anIdCannotBeTaken() {
    CellHistory other =
        founding(a, b, d).toBuilder().setNonce(ByteString.copyFromUtf8("nonce")).build();
    assertTrue(!CellMembers.idOf(other).equals(founded().id()));
  }

  @Test
  void asManyChangesAsThereMayBeFitAValue() {
    CellRecord record = founded();
    Identity[] present = {a, b, c};
    while (record.epoch() < CellLimits.MAX_EPOCHS) {
      Identity[] next = {present[1], present[2], Identity.generate()};
      long epoch = record.epoch() + 1;
      record =
          record.with(
              keys(next), signatures(record.id(), epoch, keys(next), present[1], present[2]));
      present = next;
    }
    assertTrue(record.encode().size() <= DHT_VALUE_BYTES, record.encode().size() + " bytes");
    CellRecord full = record;
    List<ByteString> more = keys(a, b, c);
    assertThrows(
        IllegalArgumentException.class,
        () -> full.with(more, signatures(full.id(), full.epoch() + 1, more, a, b)));
  }
}
