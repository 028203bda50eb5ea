package io.cairnfs.it;

import static io.cairnfs.it.ModelCalls.FALLOC_KEEP_SIZE;
import static io.cairnfs.it.ModelCalls.FALLOC_PUNCH_HOLE;
import static io.cairnfs.it.ModelCalls.FALLOC_ZERO_RANGE;
import static io.cairnfs.it.ModelCalls.O_APPEND;
import static io.cairnfs.it.ModelCalls.O_CREAT;
import static io.cairnfs.it.ModelCalls.O_DIRECT;
import static io.cairnfs.it.ModelCalls.O_EXCL;
import static io.cairnfs.it.ModelCalls.O_RDONLY;
import static io.cairnfs.it.ModelCalls.O_RDWR;
import static io.cairnfs.it.ModelCalls.O_TMPFILE;
import static io.cairnfs.it.ModelCalls.O_TRUNC;

import java.util.Random;

/**
 * One step of a random history, with all its choices made.
 *
 * @param kind what it does
 * @param path of a small tree, so that steps meet
 * @param other another path
 * @param slot of an open file
 * @param otherSlot of another
 * @param offset in a file
 * @param otherOffset in another
 * @param length in bytes
 * @param choice between variants of the kind
 */
record ModelOperation(
    Kind kind,
    String path,
    String other,
    int slot,
    int otherSlot,
    long offset,
    long otherOffset,
    int length,
    int choice) {

  private static final int[] OPEN_FLAGS = {
    O_RDONLY, O_RDWR, O_RDWR | O_APPEND, O_RDWR | O_TRUNC, O_RDWR | O_DIRECT, O_RDWR
  };
  private static final int[] CREATE_FLAGS = {0, 0, O_EXCL, O_TRUNC, O_APPEND, O_DIRECT};
  private static final int[] ALLOCATE_MODES = {
    0,
    FALLOC_KEEP_SIZE,
    FALLOC_PUNCH_HOLE | FALLOC_KEEP_SIZE,
    FALLOC_PUNCH_HOLE | FALLOC_KEEP_SIZE,
    FALLOC_ZERO_RANGE,
    FALLOC_ZERO_RANGE | FALLOC_KEEP_SIZE
  };

  /** What a step does, and how often relative to others. */
  enum Kind {
    CREATE(10),
    OPEN(8),
    OPEN_UNNAMED(2),
    CLOSE(4),
    WRITE(24),
    READ(10),
    STORE(6),
    TRUNCATE(3),
    TRUNCATE_OPEN(3),
    ALLOCATE(6),
    COPY(6),
    SYNC(2),
    RENAME(9),
    LINK(5),
    LINK_OPEN(2),
    SYMLINK(3),
    UNLINK(8),
    MAKE_DIRECTORY(5),
    REMOVE_DIRECTORY(4),
    FIFO(1),
    PERMISSIONS(3),
    OWNER(2),
    TIMES(3),
    SET_XATTR(4),
    GET_XATTR(2),
    REMOVE_XATTR(2);

    private static final int TOTAL = total();
    private final int weight;

    Kind(int weight) {
      this.weight = weight;
    }

    private static int total() {
      int sum = 0;
      for (Kind kind : values()) {
        sum += kind.weight;
      }
      return sum;
    }

    private static Kind random(Random random) {
      int left = random.nextInt(TOTAL);
      for (Kind kind : values()) {
        left -= kind.weight;
        if (left < 0) {
          return kind;
        }
      }
      throw new AssertionError();
    }
  }

  static ModelOperation random(Random random) {
    return new ModelOperation(
        Kind.random(random),
        path(random),
        path(random),
        random.nextInt(ModelDirectory.SLOTS),
        random.nextInt(ModelDirectory.SLOTS),
        offset(random),
        offset(random),
        random.nextInt(12) == 0 ? random.nextInt(1 << 20) : random.nextInt(20_000),
        random.nextInt(1 << 16));
  }

  private static String path(Random random) {
    StringBuilder path = new StringBuilder();
    int depth = random.nextInt(3);
    for (int i = 0; i < depth; i++) {
      path.append("/d").append(random.nextInt(3));
    }
    boolean directory = random.nextInt(4) == 0;
    return path.append(directory ? "/d" : "/f").append(random.nextInt(4)).toString();
  }

  private static long offset(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> random.nextInt(3 << 20);
      case 1 -> 0;
      default -> random.nextInt(100_000);
    };
  }

  String run(ModelDirectory directory) {
    String xattr = "user." + choice % 3;
    return switch (kind) {
      case CREATE ->
          directory.open(slot, path, O_RDWR | O_CREAT | pick(CREATE_FLAGS), 0600 | (choice & 0177));
      case OPEN -> directory.open(slot, path, pick(OPEN_FLAGS), 0);
      case OPEN_UNNAMED -> directory.open(slot, "/", O_RDWR | O_TMPFILE, 0640);
      case CLOSE -> directory.close(slot);
      case WRITE -> directory.write(slot, offset, length, choice);
      case READ -> directory.read(slot, offset, length);
      case STORE -> directory.store(slot, offset, length, (byte) choice, choice % 2 == 0);
      case TRUNCATE -> directory.truncate(path, offset);
      case TRUNCATE_OPEN -> directory.truncateOpen(slot, offset);
      case ALLOCATE -> directory.allocate(slot, pick(ALLOCATE_MODES), offset, length);
      case COPY -> directory.copy(slot, offset, otherSlot, otherOffset, length);
      case SYNC -> directory.sync(slot, choice % 2 == 0);
      case RENAME -> directory.rename(path, other, choice % 4 == 3 ? 0 : choice % 4 % 3);
      case LINK -> directory.link(path, other);
      case LINK_OPEN -> directory.linkOpen(slot, path);
      case SYMLINK -> directory.symlink(other.substring(1), path);
      case UNLINK -> directory.unlink(path);
      case MAKE_DIRECTORY -> directory.makeDirectory(path, 0700 | (choice & 077));
      case REMOVE_DIRECTORY -> directory.removeDirectory(path);
      case FIFO -> directory.makeFifo(path, 0600);
      case PERMISSIONS -> directory.permissions(path, choice & 07777);
      case OWNER -> directory.owner(path, choice % 5, choice % 7);
      case TIMES -> directory.times(path, offset, choice);
      case SET_XATTR -> directory.setXattr(path, xattr, length % 1000, choice % 3);
      case GET_XATTR -> directory.getXattr(path, xattr);
      case REMOVE_XATTR -> directory.removeXattr(path, xattr);
    };
  }

  private int pick(int[] from) {
    return from[choice % from.length];
  }
}
