package io.cairnfs.it.linear;

/**
 * What a program asks of a file system. Directories are named by their inode numbers, as a program
 * that holds them open means them: the walk of a path is several operations, and each is recorded
 * by itself.
 */
public sealed interface Act {

  /** A name in a directory. */
  record Place(long directory, String name) {
    @Override
    public String toString() {
      return directory + "/" + name;
    }
  }

  /** open(2) with O_CREAT and O_EXCL; answers the new file's inode. */
  record Create(Place place) implements Act {}

  /** mkdir(2). */
  record MakeDirectory(Place place) implements Act {}

  /** rmdir(2). */
  record RemoveDirectory(Place place) implements Act {}

  /** unlink(2). */
  record Unlink(Place place) implements Act {}

  /**
   * renameat2(2).
   *
   * @param replace whether what has the new name may lose it; otherwise RENAME_NOREPLACE
   */
  record Rename(Place from, Place to, boolean replace) implements Act {}

  /** linkat(2) of a file that is held open, so that no other name of it matters. */
  record Link(long inode, Place place) implements Act {}

  /** Which inode has a name: open(2) with O_PATH. */
  record Look(Place place) implements Act {}

  /** stat(2): which inode has a name, and then how many names that has. */
  record Status(Place place) implements Act {}

  /** The first getdents(2) of a directory that fits into its answer. */
  record Listing(long directory) implements Act {}
}
