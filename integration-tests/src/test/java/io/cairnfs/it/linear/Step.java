package io.cairnfs.it.linear;

/**
 * A call, or a part of one, that happens in one instant. Linux looks at both names of a rename, one
 * after the other, before it asks the file system; so what a rename says about two names may never
 * have been true of both at once, on any file system.
 *
 * @param number of the call in its history
 */
record Step(int number, Call call, Part part) {

  /** Which part of its call it is. */
  enum Part {
    WHOLE,
    /** Which inode has the name. */
    NAME,
    /** How many links that inode has. */
    LINKS,
    /** A rename failed because of what the old name was, */
    FROM,
    /** and of what the new one was. */
    TO,
    /** A rename succeeds: the old name is looked up, */
    PEEK,
    /** and then it is done; or nothing is, because the new name is one of the same inode. */
    FINISH
  }

  @Override
  public String toString() {
    return part == Part.WHOLE ? call.toString() : part + " of " + call;
  }
}
