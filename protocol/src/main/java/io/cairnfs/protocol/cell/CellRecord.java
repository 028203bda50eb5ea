package io.cairnfs.protocol.cell;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.cairnfs.protocol.cell.message.CellHistory;
import io.cairnfs.protocol.cell.message.CellMembership;
import io.cairnfs.protocol.cell.message.MemberSignature;
import io.cairnfs.protocol.identity.Ed25519;
import io.cairnfs.protocol.identity.NodeId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Who votes in a cell, with the whole proof: each change of the members is signed by a majority of
 * those before, and the founders follow from the id. So a record needs no trust in who gives it.
 * Immutable.
 */
public final class CellRecord {

  private final CellId id;
  private final CellHistory history;

  private CellRecord(CellId id, CellHistory history) {
    this.id = id;
    this.history = history;
  }

  /**
   * Checks a record.
   *
   * @throws IllegalArgumentException if it is none, or a signature is missing
   */
  public static CellRecord decode(ByteString bytes) {
    try {
      return of(CellHistory.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("no record of a cell", e);
    }
  }

  /** As {@link #decode}. */
  public static CellRecord of(CellHistory history) {
    int epochs = history.getMembershipCount();
    if (epochs < 1 || epochs > CellLimits.MAX_EPOCHS) {
      throw new IllegalArgumentException("a cell with " + epochs + " memberships");
    }
    CellId id = CellMembers.idOf(history);
    List<ByteString> voters = history.getMembership(0).getMemberList();
    for (int i = 0; i < epochs; i++) {
      CellMembership next = history.getMembership(i);
      CellMembers.check(next.getMemberList());
      requireMajority(voters, next, CellMembers.statement(id, i + 1, next.getMemberList()));
      voters = next.getMemberList();
    }
    return new CellRecord(id, history);
  }

  private static void requireMajority(
      List<ByteString> voters, CellMembership next, byte[] statement) {
    Set<ByteString> signers = new HashSet<>();
    for (MemberSignature signature : next.getSignatureList()) {
      if (voters.contains(signature.getKey())
          && Ed25519.verify(
              signature.getKey().toByteArray(),
              statement,
              signature.getSignature().toByteArray())) {
        signers.add(signature.getKey());
      }
    }
    if (2 * signers.size() <= voters.size()) {
      throw new IllegalArgumentException(
          signers.size() + " of " + voters.size() + " members have signed");
    }
  }

  /**
   * The record after a change.
   *
   * @throws IllegalArgumentException if no majority of the members so far has signed it
   */
  public CellRecord with(List<ByteString> members, List<MemberSignature> signatures) {
    return of(
        history.toBuilder()
            .addMembership(
                CellMembership.newBuilder().addAllMember(members).addAllSignature(signatures))
            .build());
  }

  public CellId id() {
    return id;
  }

  /** How often the members changed, counted from 1. */
  public long epoch() {
    return history.getMembershipCount();
  }

  /** The raw public keys of the members, in ascending order. */
  public List<ByteString> keys() {
    return history.getMembership(history.getMembershipCount() - 1).getMemberList();
  }

  public List<NodeId> members() {
    return keys().stream().map(key -> NodeId.ofPublicKey(key.toByteArray())).toList();
  }

  public ByteString encode() {
    return history.toByteString();
  }
}
