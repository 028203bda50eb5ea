package io.cairnfs.client.vfs;

/**
 * What the kernel keeps of a mounted file system, and how to make it forget. Nothing here waits for
 * a lock that the kernel holds until a call is answered, but {@link #awaitForgotten}. Thread-safe.
 */
public interface KernelCache {

  /** Where no kernel has anything: there is none yet, or it was told to keep nothing. */
  KernelCache EMPTY =
      new KernelCache() {
        @Override
        public boolean forgetNames() {
          return true;
        }

        @Override
        public void forgetAttributes(long inode) {}

        @Override
        public void forgetData(long inode) {}

        @Override
        public void awaitForgotten() {}
      };

  /**
   * Every name is looked up again from now on.
   *
   * @return false if the kernel cannot be told so, and keeps them until their time is over
   */
  boolean forgetNames();

  /** An inode's attributes are asked for again from now on. */
  void forgetAttributes(long inode);

  /** An inode's content is read again, soon. */
  void forgetData(long inode);

  /** Waits, at most for the deadline, until what was to be forgotten soon is forgotten. */
  void awaitForgotten() throws InterruptedException;
}
