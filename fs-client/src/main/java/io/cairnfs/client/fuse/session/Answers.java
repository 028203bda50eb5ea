package io.cairnfs.client.fuse.session;

import io.cairnfs.client.fuse.linux.LibC;
import io.cairnfs.client.fuse.protocol.Request;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Answers without a body, from threads that do not hold the request's memory. */
final class Answers {
  private Answers() {}

  /** Fails a request; 0, or -errno. */
  static int fail(int device, long unique, int errno) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(Request.BODY, 8);
      out.set(ValueLayout.JAVA_INT, 0, Request.BODY);
      out.set(ValueLayout.JAVA_INT, 4, -errno);
      out.set(ValueLayout.JAVA_LONG, 8, unique);
      return (int) Math.min(0, LibC.write(device, out, Request.BODY, LibC.allocateErrno(arena)));
    }
  }
}
