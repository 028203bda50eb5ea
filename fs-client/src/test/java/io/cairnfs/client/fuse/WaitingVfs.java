package io.cairnfs.client.fuse;

import io.cairnfs.client.vfs.Vfs;
import io.cairnfs.client.wait.ImpatientThread;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;

/** Wraps a file system so that every call that may wait does so, or does something else first. */
final class WaitingVfs {

  private static final Set<String> NEVER_WAIT =
      Set.of("forget", "release", "releaseDirectory", "serve");

  /** What happens before a call. */
  interface Before {
    void call(String method) throws Exception;
  }

  private WaitingVfs() {}

  /** Runs {@code before}, on a thread that may wait, ahead of each call that may wait. */
  static Vfs wrap(Vfs vfs, Before before) {
    return (Vfs)
        Proxy.newProxyInstance(
            Vfs.class.getClassLoader(),
            new Class<?>[] {Vfs.class},
            (proxy, method, arguments) -> {
              if (!NEVER_WAIT.contains(method.getName())) {
                ImpatientThread.aboutToWait();
                before.call(method.getName());
              }
              try {
                return method.invoke(vfs, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause() != null ? e.getCause() : e;
              }
            });
  }
}
