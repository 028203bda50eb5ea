package io.cairnfs.it;

import io.cairnfs.it.linear.Act;
import io.cairnfs.it.linear.Answer;

/** A file system as one program sees it that works in shared directories. For one thread. */
interface LinearTarget extends AutoCloseable {

  /**
   * Does it. Inodes of directories and files are those that {@link Act.Look} answered since {@link
   * #release}, and of the roots.
   *
   * @throws GoneException if nobody serves the file system any more
   */
  Answer perform(Act act) throws GoneException;

  /** Closes what was opened to look at it. */
  void release();

  @Override
  void close();

  /** The mount is dead; what is asked of it does not happen. */
  final class GoneException extends Exception {
    private static final long serialVersionUID = 1;
  }
}
