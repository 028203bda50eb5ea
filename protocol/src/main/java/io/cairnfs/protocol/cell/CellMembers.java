package io.cairnfs.protocol.cell;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.cell.message.CellHistory;
import io.cairnfs.protocol.identity.Ed25519;
import io.cairnfs.protocol.identity.Key256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/** What members of a cell sign, and what their cell is called. */
public final class CellMembers {

  private static final ByteString FOUNDING = ByteString.copyFromUtf8("cairn-cell:");
  private static final ByteString MEMBERS = ByteString.copyFromUtf8("cairn-cell-members:");

  private CellMembers() {}

  /** Public keys in the order in which they are signed. */
  public static List<ByteString> sorted(List<ByteString> keys) {
    return keys.stream().sorted(ByteString.unsignedLexicographicalComparator()).toList();
  }

  /**
   * @throws IllegalArgumentException if these cannot be the members of a cell
   */
  public static void check(List<ByteString> keys) {
    boolean wellFormed =
        keys.stream().allMatch(key -> key.size() == Ed25519.PUBLIC_KEY_BYTES)
            && keys.stream().distinct().toList().equals(sorted(keys));
    if (!wellFormed || keys.isEmpty() || keys.size() > CellLimits.MAX_MEMBERS) {
      throw new IllegalArgumentException("no members of a cell");
    }
  }

  /**
   * The id that follows from a founding.
   *
   * @param history with one membership at least
   */
  public static CellId idOf(CellHistory history) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(FOUNDING.toByteArray());
      digest.update(history.getNonce().toByteArray());
      history.getMembership(0).getMemberList().forEach(key -> digest.update(key.toByteArray()));
      return new CellId(Key256.of(digest.digest()));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** What is signed to say that these are the members in an epoch. */
  public static byte[] statement(CellId cell, long epoch, List<ByteString> keys) {
    ByteString fixed =
        MEMBERS
            .concat(ByteString.copyFrom(cell.key().toBytes()))
            .concat(ByteString.copyFrom(ByteBuffer.allocate(Long.BYTES).putLong(epoch).flip()));
    return fixed.concat(ByteString.copyFrom(keys)).toByteArray();
  }
}
