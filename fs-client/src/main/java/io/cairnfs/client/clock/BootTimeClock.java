package io.cairnfs.client.clock;

import io.cairnfs.client.namespace.LeaseClock;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Linux's {@code CLOCK_BOOTTIME}, which counts suspended time too (clock_gettime(2)). Thread-safe.
 */
public final class BootTimeClock implements LeaseClock {

  private static final int CLOCK_BOOTTIME = 7;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private static final MethodHandle CLOCK_GETTIME =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("clock_gettime"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS),
              Linker.Option.critical(true)); // never blocks: the vDSO answers

  @Override
  public long nanos() {
    long[] timespec = new long[2];
    int result;
    try {
      result = (int) CLOCK_GETTIME.invokeExact(CLOCK_BOOTTIME, MemorySegment.ofArray(timespec));
    } catch (Throwable e) {
      throw new AssertionError("a downcall throws nothing", e);
    }
    if (result != 0) {
      throw new IllegalStateException("this kernel has no CLOCK_BOOTTIME");
    }
    return timespec[0] * NANOS_PER_SECOND + timespec[1];
  }
}
