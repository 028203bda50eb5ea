package io.cairnfs.client.fsck;

import io.cairnfs.client.namespace.Name;
import io.cairnfs.client.namespace.NamespaceException;
import io.cairnfs.client.namespace.VolumeImage;

/** Says where inodes are in the tree of directories, for people. */
final class Paths {

  /** More than any path has that Linux takes. */
  private static final int MAX_DEPTH = 2048;

  private final InodeTable table;
  private final VolumeImage image;

  Paths(InodeTable table, VolumeImage image) {
    this.table = table;
    this.image = image;
  }

  /** A path, from the volume's root; of an inode without one its number and what is above it. */
  String of(long inode) throws NamespaceException, InterruptedException {
    StringBuilder path = new StringBuilder();
    int row = table.find(inode);
    for (int depth = 0; depth < MAX_DEPTH; depth++) {
      if (row >= 0 && table.isRoot(row)) {
        return path.isEmpty() ? "/" : path.toString();
      }
      Name name =
          row < 0 || table.names[row] == 0
              ? null
              : image.name(table.nameDirectories[row], table.nameCookies[row]);
      if (name == null) {
        return "inode " + (row < 0 ? inode : table.number(row)) + path;
      }
      path.insert(0, "/" + name);
      row = table.find(table.nameDirectories[row]);
    }
    return "inode " + inode;
  }

  /** The path of a name in a directory. */
  String of(long directory, Name name) throws NamespaceException, InterruptedException {
    String above = of(directory);
    return above.equals("/") ? above + name : above + "/" + name;
  }
}
