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

  /** Of the record that founds a volume; each move makes the next. */
  private static final long FIRST_SEQUENCE = 1;

  /** A sequence has room for so many bits of a move's number; above them is the epoch. */
  private static final int EPOCH_SHIFT = 32;

  private static final long MAX_EPOCHS = 1L << 30;

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
        keyOf(founding.volume()), sequence(founding), HeadMessages.encode(founding).toByteString());
  }

  /** A volume that is founded again has another record, which holds whatever moved meanwhile. */
  private static long sequence(Founding founding) {
    return FIRST_SEQUENCE + founding.move() + (founding.epoch() << EPOCH_SHIFT);
  }

  /** The record, if the value is one that its volume signed, and it is where it belongs. */
  public static @Nullable Founding read(Value value) {
    try {
      Founding founding = HeadMessages.decode(FoundingRecord.parseFrom(value.bytes()));
      boolean valid =
          founding.epoch() >= 0
              && founding.epoch() < MAX_EPOCHS
              && founding.move() >= 0
              && founding.move() < 1L << EPOCH_SHIFT
              && value.sequence() == sequence(founding)
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
