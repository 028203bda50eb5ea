package io.cairnfs.protocol.head;

import io.cairnfs.protocol.head.message.LockCommand;
import io.cairnfs.protocol.head.message.LockDescription;
import io.cairnfs.protocol.head.message.LockKindCode;
import io.cairnfs.protocol.head.message.LockReply;

/**
 * Turns what is said about locks into messages and back. Every {@code decode} throws {@link
 * IllegalArgumentException} for a message that no {@code encode} makes.
 */
public final class LockMessages {

  private LockMessages() {}

  public static LockDescription encode(VolumeLock lock) {
    return LockDescription.newBuilder()
        .setSession(HeadMessages.encode(lock.session()))
        .setInode(lock.inode())
        .setOwner(lock.owner())
        .setKind(encode(lock.kind()))
        .setStart(lock.start())
        .setEnd(lock.end())
        .setWrite(lock.write())
        .setPid(lock.pid())
        .build();
  }

  public static VolumeLock decode(LockDescription lock) {
    return new VolumeLock(
        HeadMessages.decodeSession(lock.getSession()),
        lock.getInode(),
        lock.getOwner(),
        decode(lock.getKind()),
        lock.getStart(),
        lock.getEnd(),
        lock.getWrite(),
        lock.getPid());
  }

  public static LockCommand encode(VolumeId volume, SessionId session, LockRequest request) {
    return LockCommand.newBuilder()
        .setVolume(HeadMessages.encode(volume))
        .setSession(HeadMessages.encode(session))
        .setNumber(request.number())
        .setAcknowledged(request.acknowledged())
        .addAllSettled(request.settled())
        .setInode(request.inode())
        .setOwner(request.owner())
        .setKind(encode(request.kind()))
        .setStart(request.start())
        .setEnd(request.end())
        .setAction(encode(request.action()))
        .setMode(encode(request.mode()))
        .setPid(request.pid())
        .build();
  }

  public static LockRequest decode(LockCommand command) {
    return new LockRequest(
        command.getNumber(),
        command.getAcknowledged(),
        command.getSettledList(),
        command.getInode(),
        command.getOwner(),
        decode(command.getKind()),
        command.getStart(),
        command.getEnd(),
        decode(command.getAction()),
        decode(command.getMode()),
        command.getPid());
  }

  public static LockReply encode(LockAnswer answer) {
    LockReply.Builder reply = LockReply.newBuilder();
    switch (answer) {
      case LockAnswer.Granted(long sequence) ->
          reply.setKind(LockReply.Kind.GRANTED).setSequence(sequence);
      case LockAnswer.Conflict(VolumeLock holder) ->
          reply.setKind(LockReply.Kind.CONFLICT).setHolder(encode(holder));
      case LockAnswer.Waiting() -> reply.setKind(LockReply.Kind.WAITING);
      case LockAnswer.Deadlock() -> reply.setKind(LockReply.Kind.DEADLOCK);
      case LockAnswer.Cancelled() -> reply.setKind(LockReply.Kind.CANCELLED);
    }
    return reply.build();
  }

  public static LockAnswer decode(LockReply reply) {
    return switch (reply.getKind()) {
      case GRANTED -> new LockAnswer.Granted(reply.getSequence());
      case CONFLICT -> new LockAnswer.Conflict(decode(reply.getHolder()));
      case WAITING -> new LockAnswer.Waiting();
      case DEADLOCK -> new LockAnswer.Deadlock();
      case CANCELLED -> new LockAnswer.Cancelled();
      case KIND_UNSPECIFIED, UNRECOGNIZED -> throw unknown("answer");
    };
  }

  private static LockKindCode encode(LockKind kind) {
    return switch (kind) {
      case FLOCK -> LockKindCode.FLOCK;
      case POSIX -> LockKindCode.POSIX;
    };
  }

  private static LockKind decode(LockKindCode kind) {
    return switch (kind) {
      case FLOCK -> LockKind.FLOCK;
      case POSIX -> LockKind.POSIX;
      case LOCK_KIND_UNSPECIFIED, UNRECOGNIZED -> throw unknown("kind");
    };
  }

  private static LockCommand.Action encode(LockRequest.Action action) {
    return switch (action) {
      case READ -> LockCommand.Action.READ;
      case WRITE -> LockCommand.Action.WRITE;
      case UNLOCK -> LockCommand.Action.UNLOCK;
    };
  }

  private static LockRequest.Action decode(LockCommand.Action action) {
    return switch (action) {
      case READ -> LockRequest.Action.READ;
      case WRITE -> LockRequest.Action.WRITE;
      case UNLOCK -> LockRequest.Action.UNLOCK;
      case ACTION_UNSPECIFIED, UNRECOGNIZED -> throw unknown("action");
    };
  }

  private static LockCommand.Mode encode(LockRequest.Mode mode) {
    return switch (mode) {
      case TEST -> LockCommand.Mode.TEST;
      case TRY -> LockCommand.Mode.TRY;
      case WAIT -> LockCommand.Mode.WAIT;
    };
  }

  private static LockRequest.Mode decode(LockCommand.Mode mode) {
    return switch (mode) {
      case TEST -> LockRequest.Mode.TEST;
      case TRY -> LockRequest.Mode.TRY;
      case WAIT -> LockRequest.Mode.WAIT;
      case MODE_UNSPECIFIED, UNRECOGNIZED -> throw unknown("mode");
    };
  }

  private static IllegalArgumentException unknown(String what) {
    return new IllegalArgumentException("a lock's " + what + " that this version does not know");
  }
}
