package io.cairnfs.protocol.transport.netty;

import io.cairnfs.protocol.transport.WireException;

/**
 * Decides about a frame when its prelude is known and nothing was allocated for it. Called on the
 * event loop.
 */
interface FrameGate {

  /** What becomes of the frame. */
  enum Verdict {
    TAKE,
    /** Its bytes are passed over. */
    SKIP,
    /** Nothing more is read until {@link FrameDecoder#resume}, which asks again. */
    WAIT
  }

  /**
   * @param bytes length of header and bodies
   * @throws WireException if the frame is a breach of the protocol, which ends the connection
   */
  Verdict admit(FrameKind kind, int id, int bytes) throws WireException;

  /**
   * The memory of a request that was admitted is free again, since the connection ended before it
   * was complete.
   */
  void abandoned(int bytes);
}
