package io.cairnfs.node.head;

import com.google.protobuf.InvalidProtocolBufferException;
import io.cairnfs.dht.core.Value;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.FoundingSignature;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.message.FoundingRecord;
import io.cairnfs.protocol.identity.Key256;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/** Founding records as values of the DHT, so that a volume's id alone finds its voters. */
public final class FoundingValues {

  /** A founding record never changes while volumes do not move. */
  private static final long SEQUENCE = 1;

  private FoundingValues() {}

  /** Where the record of a volume is kept. */
  public static Key256 keyOf(VolumeId volume) {
    try {
      return Key256.of(MessageDigest.getInstance("SHA-256").digest(volume.toBytes()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  public static Value of(Founding founding) {
    return new Value(
        keyOf(founding.volume()), SEQUENCE, HeadMessages.encode(founding).toByteString());
  }

  /** The record, if the value is one that its volume signed, and it is where it belongs. */
  public static @Nullable Founding read(Value value) {
    try {
      Founding founding = HeadMessages.decode(FoundingRecord.parseFrom(value.bytes()));
      boolean valid =
          value.sequence() == SEQUENCE
              && value.key().equals(keyOf(founding.volume()))
              && FoundingSignature.verify(founding);
      return valid ? founding : null;
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      return null; // no record at all
    }
  }

  public static boolean isValid(Value value) {
    return read(value) != null;
  }
}
