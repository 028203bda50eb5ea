package io.cairnfs.protocol.head;

import com.google.protobuf.InvalidProtocolBufferException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.message.FoundingRecord;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** How a voter says where a volume that has moved is hosted now: by its new record. */
public final class Moved {

  private Moved() {}

  /** The refusal of a voter whose volume has gone. */
  public static HeadException gone(FoundingRecord destination) {
    return new HeadException(
        Reason.MOVED, Base64.getEncoder().encodeToString(destination.toByteArray()));
  }

  /** The refusal of a voter whose volume is on its way. */
  public static HeadException onItsWay() {
    return new HeadException(Reason.MOVED, "");
  }

  /**
   * Where the volume is.
   *
   * @param message of a refusal
   * @return null if it does not say that, or its volume has not signed it
   */
  public static @Nullable Founding read(String message) {
    if (message.isEmpty()) {
      return null;
    }
    try {
      Founding founding =
          HeadMessages.decode(FoundingRecord.parseFrom(Base64.getDecoder().decode(message)));
      return FoundingSignature.verify(founding) ? founding : null;
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      return null;
    }
  }
}
