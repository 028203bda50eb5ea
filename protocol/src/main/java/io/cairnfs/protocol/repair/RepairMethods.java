package io.cairnfs.protocol.repair;

import io.cairnfs.protocol.repair.message.CompareReply;
import io.cairnfs.protocol.repair.message.CompareRequest;
import io.cairnfs.protocol.repair.message.CopyReply;
import io.cairnfs.protocol.repair.message.CopyRequest;
import io.cairnfs.protocol.repair.message.DrainReply;
import io.cairnfs.protocol.repair.message.DrainRequest;
import io.cairnfs.protocol.repair.message.OfferReply;
import io.cairnfs.protocol.repair.message.OfferRequest;
import io.cairnfs.protocol.repair.message.ReleaseReply;
import io.cairnfs.protocol.repair.message.ReleaseRequest;
import io.cairnfs.protocol.transport.Method;

/** The methods by which nodes keep replicas whole: numbers 360 to 379. */
public final class RepairMethods {

  /** Compares what two nodes hold of the blocks that both should hold. */
  public static final Method<CompareRequest, CompareReply> COMPARE =
      new Method<>(360, "repair.compare", CompareRequest.parser(), CompareReply.parser());

  /** Reads blocks with what holds them. */
  public static final Method<CopyRequest, CopyReply> COPY =
      new Method<>(361, "repair.copy", CopyRequest.parser(), CopyReply.parser());

  /** Offers blocks to a node that should hold them. */
  public static final Method<OfferRequest, OfferReply> OFFER =
      new Method<>(362, "repair.offer", OfferRequest.parser(), OfferReply.parser());

  /** Has a node leave the cluster when all that it holds is elsewhere, or stay. */
  public static final Method<DrainRequest, DrainReply> DRAIN =
      new Method<>(363, "repair.drain", DrainRequest.parser(), DrainReply.parser());

  /** Has a node drop shards that another one keeps. */
  public static final Method<ReleaseRequest, ReleaseReply> RELEASE =
      new Method<>(364, "repair.release", ReleaseRequest.parser(), ReleaseReply.parser());

  private RepairMethods() {}
}
