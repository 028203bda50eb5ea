package io.cairnfs.node.sweep;

import com.google.protobuf.ByteString;
import io.cairnfs.node.blocks.StoreErrors;
import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.ClaimPage;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.protocol.block.BlockMethods;
import io.cairnfs.protocol.block.ClaimMessages;
import io.cairnfs.protocol.block.message.ClaimedBlocksReply;
import io.cairnfs.protocol.block.message.ClaimedBlocksRequest;
import io.cairnfs.protocol.block.message.SweptReply;
import io.cairnfs.protocol.block.message.SweptRequest;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import org.jspecify.annotations.Nullable;

/** Answers those who sweep a volume: what it claims here, and that a sweep is over. */
public final class SweepService {

  /** Blocks of a page: some milliseconds of work, and a reply well within a frame. */
  private static final int PAGE = 4096;

  private final BlockStore store;
  private final ClaimRelease release;

  public SweepService(BlockStore store, ClaimRelease release) {
    this.store = store;
    this.release = release;
  }

  /** Lets a transport answer {@link BlockMethods#CLAIMED} and {@link BlockMethods#SWEPT}. */
  public void register(Transport transport) {
    transport.handle(
        BlockMethods.CLAIMED, (caller, request, timeout) -> claimed(request.message()));
    transport.handle(BlockMethods.SWEPT, (caller, request, timeout) -> swept(request.message()));
  }

  private Envelope<ClaimedBlocksReply> claimed(ClaimedBlocksRequest request)
      throws WireException, InterruptedException {
    VolumeId volume = ClaimMessages.volume(request.getVolume());
    long epoch = ClaimMessages.epoch(request.getEpoch());
    Key256 after = after(request.getAfter());
    try {
      if (after == null && !request.getLook()) {
        store.sweepOpened(volume, epoch);
      }
      return Envelope.of(encode(store.claimed(volume, epoch, after, PAGE)));
    } catch (StoreException e) {
      throw StoreErrors.toWire(e);
    }
  }

  private static @Nullable Key256 after(ByteString encoded) throws WireException {
    if (encoded.isEmpty()) {
      return null;
    }
    if (encoded.size() != Key256.BYTES) {
      throw new WireException(WireError.MALFORMED, "a digest has another length");
    }
    return Key256.of(encoded.toByteArray());
  }

  private static ClaimedBlocksReply encode(ClaimPage page) {
    ClaimedBlocksReply.Builder reply = ClaimedBlocksReply.newBuilder();
    for (ClaimPage.Claimed claimed : page.claimed()) {
      reply
          .addBlockBuilder()
          .setDigest(ByteString.copyFrom(claimed.digest().toBytes()))
          .setSizeBytes(claimed.sizeBytes())
          .setEpoch(claimed.epoch());
    }
    Key256 through = page.through();
    if (through != null) {
      reply.setThrough(ByteString.copyFrom(through.toBytes()));
    }
    return reply.build();
  }

  private Envelope<SweptReply> swept(SweptRequest request)
      throws WireException, InterruptedException {
    try {
      release.add(
          ClaimMessages.volume(request.getVolume()), ClaimMessages.epoch(request.getEpoch()));
      return Envelope.of(SweptReply.getDefaultInstance());
    } catch (StoreException e) {
      throw StoreErrors.toWire(e);
    }
  }
}
