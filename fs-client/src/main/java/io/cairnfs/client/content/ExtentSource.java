package io.cairnfs.client.content;

import io.cairnfs.client.extent.FileExtent;
import java.io.IOException;
import java.util.List;

/**
 * Where read-ahead learns what lies ahead in its file. Called on background threads, which may
 * wait.
 */
@FunctionalInterface
public interface ExtentSource {

  /** The extents that overlap [from, to), in order. */
  List<FileExtent> extents(long from, long to) throws IOException, InterruptedException;
}
