package io.cairnfs.protocol.transport.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The end of one connection. A peer that was refused, or broke the protocol, was told so; its
 * connection stays open for a while, unread. Who comes again as soon as it is thrown out then comes
 * seldom: its handshakes cost little, and newcomers do not queue behind it. First in the pipeline,
 * so that TLS ends nothing earlier. Event loop only.
 */
final class Farewell extends ChannelOutboundHandlerAdapter {

  private final Farewells all;
  private final long lingerMillis;
  private boolean lingers;
  private @Nullable ChannelHandlerContext context;
  private @Nullable ChannelPromise pending;

  /**
   * @param lingers whether the peer is a stranger, until it is admitted
   */
  Farewell(Farewells all, long lingerMillis, boolean lingers) {
    this.all = all;
    this.lingerMillis = lingerMillis;
    this.lingers = lingers;
  }

  /** Whether the end, when it comes, is to be slow. */
  void linger(boolean slow) {
    lingers = slow;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  /** Ends the connection, now or later. */
  void end() {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      return; // never installed
    }
    if (lingers) {
      close(ctx, ctx.newPromise()); // past TLS, whose own last word would be taken for the end
    } else {
      var unused = ctx.channel().close();
    }
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (!lingers || !ctx.channel().isActive()) {
      var unused = ctx.close(promise);
    } else if (pending == null) {
      pending = promise;
      ctx.channel().config().setAutoRead(false);
      var unused = ctx.executor().schedule(this::endNow, lingerMillis, TimeUnit.MILLISECONDS);
      all.add(this);
    }
  }

  /** Ends it from another event loop. */
  void endSoon() {
    ChannelHandlerContext ctx = context;
    if (ctx != null && !ctx.executor().isShuttingDown()) {
      ctx.executor().execute(this::endNow);
    }
  }

  private void endNow() {
    all.remove(this);
    ChannelHandlerContext ctx = context;
    ChannelPromise promise = pending;
    if (ctx != null && promise != null) {
      lingers = false;
      var unused = ctx.close(promise);
    }
  }
}
