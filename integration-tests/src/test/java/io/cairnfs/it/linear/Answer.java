package io.cairnfs.it.linear;

import java.util.Map;

/** What a file system answered to an {@link Act}. */
public sealed interface Answer {

  /** An inode as a program sees it. */
  record Node(long inode, boolean isDirectory) {
    @Override
    public String toString() {
      return inode + (isDirectory ? "/" : "");
    }
  }

  /** It is done, and there is nothing to tell. */
  record Done() implements Answer {}

  /** An error that tells what was there instead. */
  record Failed(int errno) implements Answer {}

  /** Of {@link Act.Create} and {@link Act.Look}. */
  record Found(Node node) implements Answer {}

  /** Of {@link Act.Status}. */
  record Described(Node node, int links) implements Answer {}

  /** Of {@link Act.Listing}, without "." and "..". */
  record Listed(Map<String, Node> entries) implements Answer {}

  /** Whether it was done is not known. */
  record Unknown() implements Answer {}

  /** An error that only says that the kernel did not get as far as asking: nothing was done. */
  record Refused(int errno) implements Answer {}
}
