package io.cairnfs.protocol.block;

import io.cairnfs.protocol.block.message.ArrivalsReply;
import io.cairnfs.protocol.block.message.ArrivalsRequest;
import io.cairnfs.protocol.block.message.ClaimedBlocksReply;
import io.cairnfs.protocol.block.message.ClaimedBlocksRequest;
import io.cairnfs.protocol.block.message.DeleteBlocksReply;
import io.cairnfs.protocol.block.message.DeleteBlocksRequest;
import io.cairnfs.protocol.block.message.GetBlocksReply;
import io.cairnfs.protocol.block.message.GetBlocksRequest;
import io.cairnfs.protocol.block.message.GetRangesReply;
import io.cairnfs.protocol.block.message.GetRangesRequest;
import io.cairnfs.protocol.block.message.HaveBlocksReply;
import io.cairnfs.protocol.block.message.HaveBlocksRequest;
import io.cairnfs.protocol.block.message.ListPinsReply;
import io.cairnfs.protocol.block.message.ListPinsRequest;
import io.cairnfs.protocol.block.message.PinBlocksReply;
import io.cairnfs.protocol.block.message.PinBlocksRequest;
import io.cairnfs.protocol.block.message.PutBlocksReply;
import io.cairnfs.protocol.block.message.PutBlocksRequest;
import io.cairnfs.protocol.block.message.StatBlocksReply;
import io.cairnfs.protocol.block.message.StatBlocksRequest;
import io.cairnfs.protocol.block.message.SweptReply;
import io.cairnfs.protocol.block.message.SweptRequest;
import io.cairnfs.protocol.transport.Method;

/** The methods by which blocks are stored, read and kept whole: numbers 200 to 299. */
public final class BlockMethods {

  /** Stores blocks, all or none; answered when they are on disk. */
  public static final Method<PutBlocksRequest, PutBlocksReply> PUT =
      new Method<>(200, "block.put", PutBlocksRequest.parser(), PutBlocksReply.parser());

  /** Asks which bodies are present, without reading them. */
  public static final Method<HaveBlocksRequest, HaveBlocksReply> HAVE =
      new Method<>(201, "block.have", HaveBlocksRequest.parser(), HaveBlocksReply.parser());

  /** Reads blocks, with a status for each. */
  public static final Method<GetBlocksRequest, GetBlocksReply> GET =
      new Method<>(202, "block.get", GetBlocksRequest.parser(), GetBlocksReply.parser());

  /** Deletes blocks that are not pinned. */
  public static final Method<DeleteBlocksRequest, DeleteBlocksReply> DELETE =
      new Method<>(203, "block.delete", DeleteBlocksRequest.parser(), DeleteBlocksReply.parser());

  /** Size and state of blocks. */
  public static final Method<StatBlocksRequest, StatBlocksReply> STAT =
      new Method<>(204, "block.stat", StatBlocksRequest.parser(), StatBlocksReply.parser());

  /** Adds or removes pins. */
  public static final Method<PinBlocksRequest, PinBlocksReply> PIN =
      new Method<>(205, "block.pin", PinBlocksRequest.parser(), PinBlocksReply.parser());

  /** Lists pins by pages. */
  public static final Method<ListPinsRequest, ListPinsReply> LIST_PINS =
      new Method<>(206, "block.pins", ListPinsRequest.parser(), ListPinsReply.parser());

  /** What the requester should have and may have missed. */
  public static final Method<ArrivalsRequest, ArrivalsReply> ARRIVALS =
      new Method<>(207, "block.arrivals", ArrivalsRequest.parser(), ArrivalsReply.parser());

  /** Reads parts of blocks, with a status for each. */
  public static final Method<GetRangesRequest, GetRangesReply> GET_RANGES =
      new Method<>(208, "block.ranges", GetRangesRequest.parser(), GetRangesReply.parser());

  /** What a volume has not claimed again since it opened a sweep, by pages. */
  public static final Method<ClaimedBlocksRequest, ClaimedBlocksReply> CLAIMED =
      new Method<>(
          209, "block.claimed", ClaimedBlocksRequest.parser(), ClaimedBlocksReply.parser());

  /** Lets go of what a closed sweep has not found alive. */
  public static final Method<SweptRequest, SweptReply> SWEPT =
      new Method<>(210, "block.swept", SweptRequest.parser(), SweptReply.parser());

  private BlockMethods() {}
}
