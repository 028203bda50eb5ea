package io.cairnfs.client.tidy;

import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.protocol.block.BlockLimits;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds what of a file is in too many pieces: a run of bytes inside one chunk of the file that
 * would fit one extent. Runs end with chunks, so that what is rewritten has the shape in which
 * sequential writes leave it. Stateless.
 */
final class Fragments {

  /** Extents from which on a run is rewritten. */
  static final int MANY = 8;

  static final long CHUNK_BYTES = BlockLimits.MAX_PRODUCED_BYTES;

  private Fragments() {}

  /**
   * The first run of at least {@link #MANY} extents; null if there is none.
   *
   * @param extents of one file, in order
   */
  static @Nullable List<FileExtent> first(List<FileExtent> extents) {
    List<FileExtent> run = new ArrayList<>();
    for (FileExtent extent : extents) {
      if (!isMovable(extent) || !(run.isEmpty() || continues(run.getLast(), extent))) {
        if (run.size() >= MANY) {
          return run;
        }
        run = new ArrayList<>();
      }
      if (isMovable(extent)) {
        run.add(extent);
      }
    }
    return run.size() >= MANY ? run : null;
  }

  /** Whether it lies in one chunk, as bytes that are stored. */
  private static boolean isMovable(FileExtent extent) {
    return Movable.is(extent.extent())
        && extent.offset() / CHUNK_BYTES == (extent.end() - 1) / CHUNK_BYTES;
  }

  private static boolean continues(FileExtent last, FileExtent next) {
    return last.end() == next.offset() && next.offset() % CHUNK_BYTES != 0;
  }
}
