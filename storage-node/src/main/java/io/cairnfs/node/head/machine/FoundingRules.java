package io.cairnfs.node.head.machine;

import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.FoundingSignature;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.RecoveryMessages;
import io.cairnfs.protocol.head.message.FoundingRecord;
import io.cairnfs.protocol.head.message.RecoverRequest;
import java.nio.charset.StandardCharsets;

/** What a head demands of those who found a volume. */
final class FoundingRules {

  private FoundingRules() {}

  /**
   * @throws HeadException {@code REFUSED} if the record is not as it should be, or not signed
   */
  static void check(FoundingRecord record) throws HeadException {
    Founding founding = HeadMessages.decode(record);
    if (founding.name().getBytes(StandardCharsets.UTF_8).length > HeadLimits.MAX_NAME_BYTES
        || founding.voters().isEmpty() == (founding.cell() == null)
        || founding.replication() < 1) {
      throw new HeadException(
          Reason.REFUSED, "a volume has a short name, voters or a cell, and at least one replica");
    }
    if (!FoundingSignature.verify(founding)) {
      throw new HeadException(Reason.REFUSED, "the founding record is not signed by its volume");
    }
  }

  /**
   * @throws HeadException {@code REFUSED} if the volume's owner does not want it, or it does not go
   *     on from what is named
   */
  static void check(RecoverRequest request) throws HeadException {
    FoundingRecord record = request.getFounding();
    check(record);
    FoundingRecord before = request.getHead().getFounding();
    if (!RecoveryMessages.isGenuine(request)
        || !before.getVolume().equals(record.getVolume())
        || before.getEpoch() >= record.getEpoch()) {
      throw new HeadException(
          Reason.REFUSED, "this is no wish of the volume's owner to found it again from that");
    }
  }
}
