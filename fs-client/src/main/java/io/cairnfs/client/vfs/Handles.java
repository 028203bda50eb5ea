package io.cairnfs.client.vfs;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Numbers for open files and directories. Thread-safe. */
final class Handles<T> {

  private final AtomicLong last = new AtomicLong();
  private final ConcurrentHashMap<Long, T> open = new ConcurrentHashMap<>();

  long add(T what) {
    long handle = last.incrementAndGet();
    open.put(handle, what);
    return handle;
  }

  T get(long handle) throws VfsException {
    T what = open.get(handle);
    if (what == null) {
      throw new VfsException(Failure.BAD_HANDLE);
    }
    return what;
  }

  T remove(long handle) throws VfsException {
    T what = open.remove(handle);
    if (what == null) {
      throw new VfsException(Failure.BAD_HANDLE);
    }
    return what;
  }
}
