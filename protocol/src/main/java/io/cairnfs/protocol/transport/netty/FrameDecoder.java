package io.cairnfs.protocol.transport.netty;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.cairnfs.protocol.transport.Limits;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import io.cairnfs.protocol.transport.message.FailureHeader;
import io.cairnfs.protocol.transport.message.Hello;
import io.cairnfs.protocol.transport.message.RequestHeader;
import io.cairnfs.protocol.transport.message.ResponseHeader;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns received bytes into {@link Frame}s. Each body is copied once, from the network's buffers
 * into the array that the handler gets. Lengths are checked and the {@link FrameGate} is asked
 * before anything is allocated for a frame.
 */
final class FrameDecoder extends ChannelInboundHandlerAdapter {

  private static final byte[] EMPTY = {};

  private enum State {
    PRELUDE,
    WAITING,
    HEADER,
    BODIES,
    SKIPPING,
    BROKEN
  }

  private final FrameGate gate;
  private final ArrayDeque<ByteBuf> unread = new ArrayDeque<>();
  private @Nullable ChannelHandlerContext context;

  private State state = State.PRELUDE;
  private byte[] filling = new byte[FrameKind.PRELUDE_BYTES];
  private int filled;
  private FrameKind kind = FrameKind.PING;
  private int id;
  private int headerBytes;
  private int bodiesBytes;
  private long toSkip;
  private @Nullable Object header;
  private List<byte[]> bodies = List.of();
  private int body;

  private long frameBeganNanos;
  private long frameBytes;
  private long lastReadNanos = System.nanoTime();

  FrameDecoder(FrameGate gate) {
    this.gate = gate;
  }

  /** When bytes last came, by {@link System#nanoTime}. */
  long lastReadNanos() {
    return lastReadNanos;
  }

  /** Whether reading waits for the gate. */
  boolean isWaiting() {
    return state == State.WAITING;
  }

  /**
   * Whether a frame is unfinished for longer than the time given plus what a slow link may take for
   * the bytes that came.
   *
   * @param bytesPerSecond the slowest link that is served
   */
  boolean isStalled(long nowNanos, long patienceNanos, long bytesPerSecond) {
    boolean unfinished =
        state == State.HEADER || state == State.BODIES || (state == State.PRELUDE && filled > 0);
    return unfinished
        && nowNanos - frameBeganNanos
            > patienceNanos + frameBytes * 1_000_000_000L / bytesPerSecond;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    lastReadNanos = System.nanoTime();
    unread.add((ByteBuf) message);
    if (state != State.WAITING) {
      decode(ctx);
    }
  }

  /** Asks the gate again. */
  void resume() {
    ChannelHandlerContext ctx = context;
    if (state != State.WAITING || ctx == null) {
      return;
    }
    try {
      enter();
      deliverIfComplete(ctx);
    } catch (WireException e) {
      fail(ctx, e);
    }
    if (state != State.WAITING) {
      ctx.channel().config().setAutoRead(true);
      decode(ctx);
    }
  }

  private void decode(ChannelHandlerContext ctx) {
    try {
      ByteBuf next;
      while (state != State.WAITING && state != State.BROKEN && (next = unread.peek()) != null) {
        while (next.isReadable() && state != State.WAITING && state != State.BROKEN) {
          step(ctx, next);
        }
        if (state != State.BROKEN && !next.isReadable()) {
          unread.remove().release();
        }
      }
    } catch (WireException e) {
      fail(ctx, e);
    }
    if (state == State.WAITING) {
      ctx.channel().config().setAutoRead(false);
    } else if (state == State.BROKEN) {
      releaseUnread();
    }
  }

  private void step(ChannelHandlerContext ctx, ByteBuf in) throws WireException {
    switch (state) {
      case PRELUDE -> {
        if (filled == 0) {
          frameBeganNanos = System.nanoTime();
          frameBytes = 0;
        }
        if (fill(in)) {
          readPrelude();
          enter();
          deliverIfComplete(ctx);
        }
      }
      case HEADER -> {
        if (fill(in)) {
          readHeader();
          deliverIfComplete(ctx);
        }
      }
      case BODIES -> {
        if (fill(in)) {
          body++;
          deliverIfComplete(ctx);
        }
      }
      case SKIPPING -> {
        int count = (int) Math.min(toSkip, in.readableBytes());
        in.skipBytes(count);
        toSkip -= count;
        if (toSkip == 0) {
          begin();
        }
      }
      case WAITING, BROKEN ->
          throw new IllegalStateException("nothing is decoded in state " + state);
    }
  }

  /** Copies into the array that is being filled; whether it is full. */
  private boolean fill(ByteBuf in) {
    int count = Math.min(filling.length - filled, in.readableBytes());
    in.readBytes(filling, filled, count);
    filled += count;
    frameBytes += count;
    return filled == filling.length;
  }

  private void readPrelude() throws WireException {
    FrameKind found = FrameKind.of(filling[0]);
    if (found == null || filling[1] != 0 || filling[2] != 0 || filling[3] != 0) {
      throw new WireException(WireError.MALFORMED, "this is no frame");
    }
    kind = found;
    id = intAt(4);
    headerBytes = intAt(8);
    bodiesBytes = intAt(12);
    if (headerBytes < 0
        || headerBytes > kind.maxHeaderBytes
        || bodiesBytes < 0
        || bodiesBytes > kind.maxBodiesBytes) {
      throw new WireException(
          WireError.TOO_LARGE,
          kind
              + " has a header of at most "
              + kind.maxHeaderBytes
              + " and bodies of at most "
              + kind.maxBodiesBytes
              + " bytes");
    }
  }

  private int intAt(int offset) {
    return (filling[offset] & 0xff) << 24
        | (filling[offset + 1] & 0xff) << 16
        | (filling[offset + 2] & 0xff) << 8
        | (filling[offset + 3] & 0xff);
  }

  /** Asks the gate about the frame whose prelude was read. */
  private void enter() throws WireException {
    switch (gate.admit(kind, id, headerBytes + bodiesBytes)) {
      case TAKE -> {
        state = State.HEADER;
        filling = headerBytes == 0 ? EMPTY : new byte[headerBytes];
        filled = 0;
        if (headerBytes == 0) {
          readHeader();
        }
      }
      case SKIP -> {
        state = State.SKIPPING;
        toSkip = (long) headerBytes + bodiesBytes;
        if (toSkip == 0) {
          begin();
        }
      }
      case WAIT -> state = State.WAITING;
    }
  }

  private void readHeader() throws WireException {
    try {
      var input = UnsafeByteOperations.unsafeWrap(filling).newCodedInput();
      input.enableAliasing(true);
      header =
          switch (kind) {
            case HELLO -> Hello.parseFrom(input);
            case REQUEST -> RequestHeader.parseFrom(input);
            case RESPONSE -> ResponseHeader.parseFrom(input);
            case FAILURE -> FailureHeader.parseFrom(input);
            case CANCEL, PING, PONG -> null;
          };
    } catch (InvalidProtocolBufferException e) {
      throw new WireException(
          WireError.MALFORMED, "the header of " + kind + " cannot be parsed", e);
    } catch (IOException e) {
      throw new AssertionError("bytes in memory are read without errors", e);
    }
    allocateBodies(
        switch (header) {
          case RequestHeader request -> request.getBodyLengthList();
          case ResponseHeader response -> response.getBodyLengthList();
          case null, default -> List.of();
        });
  }

  private void allocateBodies(List<Integer> lengths) throws WireException {
    if (lengths.size() > Limits.MAX_BODIES) {
      throw new WireException(
          WireError.TOO_LARGE, "a frame has at most " + Limits.MAX_BODIES + " bodies");
    }
    long total = 0;
    for (int length : lengths) {
      total += Integer.toUnsignedLong(length);
    }
    if (total != bodiesBytes) {
      throw new WireException(WireError.MALFORMED, "the lengths of the bodies do not add up");
    }
    bodies = new ArrayList<>(lengths.size());
    for (int length : lengths) {
      bodies.add(new byte[length]);
    }
    body = 0;
    state = State.BODIES;
  }

  private void deliverIfComplete(ChannelHandlerContext ctx) {
    if (state != State.BODIES) {
      return;
    }
    while (body < bodies.size() && bodies.get(body).length == 0) {
      body++;
    }
    if (body < bodies.size()) {
      filling = bodies.get(body);
      filled = 0;
      return;
    }
    Frame frame =
        switch (header) {
          case Hello hello -> new Frame.Greeting(hello);
          case RequestHeader request ->
              new Frame.Request(id, request, bodies, headerBytes + bodiesBytes);
          case ResponseHeader response -> new Frame.Response(id, response, bodies);
          case FailureHeader failure -> new Frame.Failure(id, failure);
          case null, default ->
              switch (kind) {
                case CANCEL -> new Frame.Cancel(id);
                case PING -> new Frame.Ping();
                default -> new Frame.Pong();
              };
        };
    begin();
    ctx.fireChannelRead(frame);
  }

  private void begin() {
    state = State.PRELUDE;
    filling = new byte[FrameKind.PRELUDE_BYTES];
    filled = 0;
    header = null;
    bodies = List.of();
  }

  private void fail(ChannelHandlerContext ctx, WireException failure) {
    abandon();
    state = State.BROKEN;
    releaseUnread();
    ctx.fireExceptionCaught(failure);
  }

  private void abandon() {
    if (kind == FrameKind.REQUEST && (state == State.HEADER || state == State.BODIES)) {
      gate.abandoned(headerBytes + bodiesBytes);
    }
  }

  private void releaseUnread() {
    unread.forEach(ByteBuf::release);
    unread.clear();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    abandon();
    state = State.BROKEN;
    releaseUnread();
    ctx.fireChannelInactive();
  }
}
