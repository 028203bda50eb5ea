package io.cairnfs.protocol.transport.netty;

import io.cairnfs.protocol.transport.Limits;
import org.jspecify.annotations.Nullable;

/** The kinds of frames, with their numbers on the wire and the sizes they may have. */
enum FrameKind {
  HELLO(1, FrameKind.SMALL_HEADER_BYTES, 0),
  REQUEST(2, FrameKind.MAX_HEADER_BYTES, Limits.MAX_BODIES_BYTES),
  RESPONSE(3, FrameKind.MAX_HEADER_BYTES, Limits.MAX_BODIES_BYTES),
  FAILURE(4, FrameKind.SMALL_HEADER_BYTES, 0),
  CANCEL(5, 0, 0),
  PING(6, 0, 0),
  PONG(7, 0, 0);

  /** Kind, padding, request id, header length, length of the bodies. */
  static final int PRELUDE_BYTES = 16;

  /** Beside the message: lengths of the bodies, at most four bytes each, and a few numbers. */
  private static final int HEADER_OVERHEAD_BYTES = 4 * Limits.MAX_BODIES + 64;

  /** The largest header of a request or response. */
  static final int MAX_HEADER_BYTES = Limits.MAX_MESSAGE_BYTES + HEADER_OVERHEAD_BYTES;

  /**
   * The largest header of any other frame: a line of text, or a proof; all that a stranger can make
   * this side hold.
   */
  static final int SMALL_HEADER_BYTES = 8 << 10;

  /** The largest frame. */
  static final int MAX_FRAME_BYTES = PRELUDE_BYTES + MAX_HEADER_BYTES + Limits.MAX_BODIES_BYTES;

  private static final FrameKind[] KINDS = values();

  final int number;
  final int maxHeaderBytes;
  final int maxBodiesBytes;

  FrameKind(int number, int maxHeaderBytes, int maxBodiesBytes) {
    this.number = number;
    this.maxHeaderBytes = maxHeaderBytes;
    this.maxBodiesBytes = maxBodiesBytes;
  }

  static @Nullable FrameKind of(int number) {
    return number >= 1 && number <= KINDS.length ? KINDS[number - 1] : null;
  }
}
