package io.cairnfs.client.namespace;

/** The type of an inode; {@link #bits} are those of {@code st_mode}. */
public enum FileType {
  FIFO(0x1000),
  CHARACTER_DEVICE(0x2000),
  DIRECTORY(0x4000),
  BLOCK_DEVICE(0x6000),
  REGULAR(0x8000),
  SYMLINK(0xa000),
  SOCKET(0xc000);

  private final int bits;

  FileType(int bits) {
    this.bits = bits;
  }

  public int bits() {
    return bits;
  }

  /** The type in the bits of an {@code st_mode}. */
  public static FileType ofMode(int mode) {
    for (FileType type : values()) {
      if (type.bits == (mode & 0xf000)) {
        return type;
      }
    }
    throw new IllegalArgumentException("no file type in mode 0" + Integer.toOctalString(mode));
  }
}
