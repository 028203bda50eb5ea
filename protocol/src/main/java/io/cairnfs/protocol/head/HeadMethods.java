package io.cairnfs.protocol.head;

import io.cairnfs.protocol.head.message.AcquireFoldTokenReply;
import io.cairnfs.protocol.head.message.AcquireFoldTokenRequest;
import io.cairnfs.protocol.head.message.AdoptRequest;
import io.cairnfs.protocol.head.message.CancelLockRequest;
import io.cairnfs.protocol.head.message.ClaimReply;
import io.cairnfs.protocol.head.message.ClaimRequest;
import io.cairnfs.protocol.head.message.CloseRequest;
import io.cairnfs.protocol.head.message.CommitReply;
import io.cairnfs.protocol.head.message.CommitRequest;
import io.cairnfs.protocol.head.message.DeltasReply;
import io.cairnfs.protocol.head.message.DeltasRequest;
import io.cairnfs.protocol.head.message.DoneReply;
import io.cairnfs.protocol.head.message.FoldRequest;
import io.cairnfs.protocol.head.message.FoundRequest;
import io.cairnfs.protocol.head.message.GrantInodesReply;
import io.cairnfs.protocol.head.message.GrantInodesRequest;
import io.cairnfs.protocol.head.message.InfoRequest;
import io.cairnfs.protocol.head.message.ListReply;
import io.cairnfs.protocol.head.message.ListRequest;
import io.cairnfs.protocol.head.message.LockCommand;
import io.cairnfs.protocol.head.message.LockReply;
import io.cairnfs.protocol.head.message.MoveRequest;
import io.cairnfs.protocol.head.message.OpenReply;
import io.cairnfs.protocol.head.message.OpenRequest;
import io.cairnfs.protocol.head.message.RenewReply;
import io.cairnfs.protocol.head.message.RenewRequest;
import io.cairnfs.protocol.head.message.SetQuotaRequest;
import io.cairnfs.protocol.head.message.ShareRequest;
import io.cairnfs.protocol.head.message.VolumeDescription;
import io.cairnfs.protocol.head.message.WatchReply;
import io.cairnfs.protocol.head.message.WatchRequest;
import io.cairnfs.protocol.transport.Method;

/**
 * The methods of the heads: numbers 300 to 399. One for each method of {@link Head}, and those that
 * move volumes.
 */
public final class HeadMethods {

  public static final Method<FoundRequest, DoneReply> FOUND =
      new Method<>(300, "head.found", FoundRequest.parser(), DoneReply.parser());

  public static final Method<ListRequest, ListReply> LIST =
      new Method<>(301, "head.list", ListRequest.parser(), ListReply.parser());

  public static final Method<InfoRequest, VolumeDescription> INFO =
      new Method<>(302, "head.info", InfoRequest.parser(), VolumeDescription.parser());

  public static final Method<OpenRequest, OpenReply> OPEN =
      new Method<>(303, "head.open", OpenRequest.parser(), OpenReply.parser());

  public static final Method<RenewRequest, RenewReply> RENEW =
      new Method<>(304, "head.renew", RenewRequest.parser(), RenewReply.parser());

  public static final Method<CloseRequest, DoneReply> CLOSE =
      new Method<>(305, "head.close", CloseRequest.parser(), DoneReply.parser());

  public static final Method<CommitRequest, CommitReply> COMMIT =
      new Method<>(306, "head.commit", CommitRequest.parser(), CommitReply.parser());

  public static final Method<DeltasRequest, DeltasReply> DELTAS =
      new Method<>(307, "head.deltas", DeltasRequest.parser(), DeltasReply.parser());

  public static final Method<GrantInodesRequest, GrantInodesReply> GRANT_INODES =
      new Method<>(308, "head.inodes", GrantInodesRequest.parser(), GrantInodesReply.parser());

  public static final Method<AcquireFoldTokenRequest, AcquireFoldTokenReply> ACQUIRE_FOLD_TOKEN =
      new Method<>(
          309, "head.foldtoken", AcquireFoldTokenRequest.parser(), AcquireFoldTokenReply.parser());

  public static final Method<FoldRequest, DoneReply> FOLD =
      new Method<>(310, "head.fold", FoldRequest.parser(), DoneReply.parser());

  public static final Method<SetQuotaRequest, DoneReply> SET_QUOTA =
      new Method<>(311, "head.quota", SetQuotaRequest.parser(), DoneReply.parser());

  public static final Method<ShareRequest, DoneReply> SHARE =
      new Method<>(312, "head.share", ShareRequest.parser(), DoneReply.parser());

  public static final Method<ClaimRequest, ClaimReply> CLAIM =
      new Method<>(313, "head.claim", ClaimRequest.parser(), ClaimReply.parser());

  public static final Method<WatchRequest, WatchReply> WATCH =
      new Method<>(314, "head.watch", WatchRequest.parser(), WatchReply.parser(), true);

  public static final Method<LockCommand, LockReply> LOCK =
      new Method<>(315, "head.lock", LockCommand.parser(), LockReply.parser());

  public static final Method<CancelLockRequest, LockReply> CANCEL_LOCK =
      new Method<>(316, "head.cancellock", CancelLockRequest.parser(), LockReply.parser());

  public static final Method<MoveRequest, DoneReply> MOVE =
      new Method<>(350, "head.move", MoveRequest.parser(), DoneReply.parser());

  public static final Method<AdoptRequest, DoneReply> ADOPT =
      new Method<>(351, "head.adopt", AdoptRequest.parser(), DoneReply.parser());

  private HeadMethods() {}
}
