package io.cairnfs.node.admin;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.admin.AdminMethods;
import io.cairnfs.protocol.admin.message.KnownVolumesReply;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.message.FoundingRecord;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireException;
import java.util.Comparator;
import java.util.List;

/**
 * Tells operators of the volumes whose founding records this node keeps for the others: a volume
 * whose voters are all down is known by them alone.
 */
public final class KnownVolumes {

  /** Records of a page: well within a message. */
  private static final int PAGE = 2048;

  private static final Comparator<FoundingRecord> BY_VOLUME =
      Comparator.comparing(
          FoundingRecord::getVolume, ByteString.unsignedLexicographicalComparator());

  /** What a node keeps. */
  @FunctionalInterface
  public interface Source {
    List<Founding> foundings() throws WireException, InterruptedException;
  }

  private final Source source;

  public KnownVolumes(Source source) {
    this.source = source;
  }

  /** Lets a transport answer {@link AdminMethods#KNOWN_VOLUMES}. */
  public void register(Transport transport) {
    transport.handle(
        AdminMethods.KNOWN_VOLUMES,
        (caller, request, timeout) -> Envelope.of(page(request.message().getAfter())));
  }

  private KnownVolumesReply page(ByteString after) throws WireException, InterruptedException {
    List<FoundingRecord> rest =
        source.foundings().stream()
            .map(HeadMessages::encode)
            .filter(
                record ->
                    after.isEmpty()
                        || ByteString.unsignedLexicographicalComparator()
                                .compare(record.getVolume(), after)
                            > 0)
            .sorted(BY_VOLUME)
            .toList();
    return KnownVolumesReply.newBuilder()
        .addAllFounding(rest.subList(0, Math.min(PAGE, rest.size())))
        .setMore(rest.size() > PAGE)
        .build();
  }
}
