package io.cairnfs.it;

import static io.cairnfs.client.fuse.linux.Errno.ECONNABORTED;
import static io.cairnfs.client.fuse.linux.Errno.EINTR;
import static io.cairnfs.client.fuse.linux.Errno.EINVAL;
import static io.cairnfs.client.fuse.linux.Errno.EIO;
import static io.cairnfs.client.fuse.linux.Errno.ENOENT;
import static io.cairnfs.client.fuse.linux.Errno.ENOTCONN;
import static io.cairnfs.client.fuse.linux.Errno.ESTALE;

import io.cairnfs.it.linear.Act;
import io.cairnfs.it.linear.Act.Place;
import io.cairnfs.it.linear.Answer;
import io.cairnfs.it.linear.Answer.Node;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * System calls relative to open directories, so that each is one operation on names, and says of
 * which inode.
 */
final class LinearCalls implements LinearTarget {

  private static final int O_PATH = 010000000;
  private static final int O_DIRECTORY = ModelCalls.O_TMPFILE & ~020000000;
  private static final int O_NOFOLLOW = 0400000;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int AT_REMOVEDIR = 0x200;
  private static final int AT_EMPTY_PATH = 0x1000;

  /** Of statx(2): what the call before has brought, without asking again. */
  private static final int AT_STATX_DONT_SYNC = 0x4000;

  /**
   * All that stat(2) tells: of a smaller choice, the kernel takes link counts to be still right.
   */
  private static final int STATX_BASIC_STATS = 0x7ff;

  private static final int RENAME_NOREPLACE = 1;
  private static final int ETIMEDOUT = 110;
  private static final int ELOOP = 40;
  private static final int S_IFMT = 0170000;
  private static final int S_IFDIR = 0040000;
  private static final int DT_DIR = 4;
  private static final int LISTING_BYTES = 32 << 10;

  private final ModelCalls calls = new ModelCalls();
  private final List<Path> roots;
  private final Map<Long, Integer> rootDescriptors = new HashMap<>();
  private final Map<Long, Integer> descriptors = new HashMap<>();

  /**
   * @param roots the directories in which everything happens
   */
  LinearCalls(List<Path> roots) {
    this.roots = List.copyOf(roots);
  }

  /** Opens the roots, also again when it is mounted again; gives their inodes. */
  List<Long> open() throws GoneException {
    release();
    close(rootDescriptors);
    List<Long> inodes = new ArrayList<>();
    for (Path root : roots) {
      long fd = calls.callInt("open", calls.text(0, root.toString()), O_PATH | O_DIRECTORY, 0);
      if (fd == -ENOTCONN || fd == -ENOENT) {
        throw new GoneException();
      } else if (fd < 0) {
        throw new IllegalStateException("open " + root + ": errno " + -fd);
      }
      long inode = inodeOf(fd, AT_STATX_DONT_SYNC);
      rootDescriptors.put(inode, (int) fd);
      inodes.add(inode);
    }
    return inodes;
  }

  @Override
  public Answer perform(Act act) throws GoneException {
    return switch (act) {
      case Act.Create create -> create(create.place());
      case Act.MakeDirectory make -> done(act, at("mkdirat", make.place(), 0755));
      case Act.RemoveDirectory remove -> done(act, at("unlinkat", remove.place(), AT_REMOVEDIR));
      case Act.Unlink unlink -> done(act, at("unlinkat", unlink.place(), 0));
      case Act.Rename rename -> done(act, rename(rename));
      case Act.Link link -> done(act, link(link));
      case Act.Look look -> look(look.place());
      case Act.Status status -> status(status.place());
      case Act.Listing listing -> list(listing.directory());
    };
  }

  private long at(String function, Place place, long argument) {
    return calls.callInt(function, fd(place), calls.text(0, place.name()), argument);
  }

  private long fd(Place place) {
    return fd(place.directory());
  }

  private long fd(long inode) {
    Integer root = rootDescriptors.get(inode);
    return root != null ? root : Objects.requireNonNull(descriptors.get(inode), "not looked at");
  }

  private Answer create(Place place) throws GoneException {
    long fd =
        calls.callInt(
            "openat",
            fd(place),
            calls.text(0, place.name()),
            ModelCalls.O_CREAT | ModelCalls.O_EXCL | ModelCalls.O_RDWR,
            0644);
    if (fd < 0) {
      return failed(new Act.Create(place), -fd);
    }
    long inode = inodeOf(fd, AT_STATX_DONT_SYNC);
    calls.callInt("close", fd);
    return new Answer.Found(new Node(inode, false));
  }

  private long rename(Act.Rename rename) {
    return calls.callInt(
        "renameat2",
        fd(rename.from()),
        calls.text(0, rename.from().name()),
        fd(rename.to()),
        calls.text(1, rename.to().name()),
        rename.replace() ? 0 : RENAME_NOREPLACE);
  }

  private long link(Act.Link link) {
    return calls.callInt(
        "linkat",
        ModelCalls.AT_FDCWD,
        calls.text(0, "/proc/self/fd/" + fd(link.inode())),
        fd(link.place()),
        calls.text(1, link.place().name()),
        ModelCalls.AT_SYMLINK_FOLLOW);
  }

  private Answer look(Place place) throws GoneException {
    long fd = at("openat", place, O_PATH | O_NOFOLLOW);
    if (fd < 0) {
      return failed(new Act.Look(place), -fd);
    }
    long inode = inodeOf(fd, AT_STATX_DONT_SYNC);
    Integer other = descriptors.put(inode, (int) fd);
    if (other != null) {
      calls.callInt("close", other);
    }
    return new Answer.Found(node());
  }

  private Answer status(Place place) throws GoneException {
    long result = statx(fd(place), place.name(), AT_SYMLINK_NOFOLLOW);
    return result < 0
        ? failed(new Act.Status(place), -result)
        : new Answer.Described(node(), calls.buffer().get(ValueLayout.JAVA_INT, 16));
  }

  private Answer list(long directory) throws GoneException {
    Act act = new Act.Listing(directory);
    long fd =
        calls.callInt(
            "openat", fd(directory), calls.text(0, "."), ModelCalls.O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0) {
      return failed(act, -fd);
    }
    long length = calls.callLong("getdents64", fd, calls.buffer().address(), LISTING_BYTES);
    calls.callInt("close", fd);
    return length < 0 ? failed(act, -length) : new Answer.Listed(entries(length));
  }

  /** What is in the buffer: structs linux_dirent64. */
  private Map<String, Node> entries(long length) {
    MemorySegment buffer = calls.buffer();
    Map<String, Node> entries = new HashMap<>();
    for (long at = 0; at < length; at += buffer.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + 16)) {
      String name = buffer.getString(at + 19);
      if (!name.equals(".") && !name.equals("..")) {
        long inode = buffer.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
        boolean isDirectory = buffer.get(ValueLayout.JAVA_BYTE, at + 18) == DT_DIR;
        if (entries.put(name, new Node(inode, isDirectory)) != null) {
          throw new AssertionError("listed twice: " + name);
        }
      }
    }
    return entries;
  }

  private long inodeOf(long fd, int flags) {
    long result = statx(fd, "", AT_EMPTY_PATH | flags);
    if (result < 0) {
      throw new IllegalStateException("statx: errno " + -result);
    }
    return node().inode();
  }

  private long statx(long fd, String name, int flags) {
    return calls.callInt(
        "statx", fd, calls.text(0, name), flags, STATX_BASIC_STATS, calls.buffer().address());
  }

  /** What is in the buffer: a struct statx. */
  private Node node() {
    int mode = calls.buffer().get(ValueLayout.JAVA_SHORT, 28);
    return new Node(calls.buffer().get(ValueLayout.JAVA_LONG, 32), (mode & S_IFMT) == S_IFDIR);
  }

  private static Answer done(Act act, long result) throws GoneException {
    return result < 0 ? failed(act, -result) : new Answer.Done();
  }

  /**
   * What an error says. Linux itself answers ESTALE, ELOOP, and to a rename EINVAL, from what it
   * remembers of the tree, when others have moved directories meanwhile; and to a link ENOENT, when
   * it has counted down an inode's links that were told to it after another of them was removed.
   * Nothing was done then.
   */
  private static Answer failed(Act act, long error) throws GoneException {
    int errno = (int) error;
    return switch (errno) {
      case ENOTCONN -> throw new GoneException();
      case EIO, ETIMEDOUT, ECONNABORTED, EINTR -> new Answer.Unknown();
      case ESTALE, ELOOP -> new Answer.Refused(errno);
      case EINVAL ->
          act instanceof Act.Rename ? new Answer.Refused(errno) : new Answer.Failed(errno);
      case ENOENT -> act instanceof Act.Link ? new Answer.Refused(errno) : new Answer.Failed(errno);
      default -> new Answer.Failed(errno);
    };
  }

  @Override
  public void release() {
    close(descriptors);
  }

  private void close(Map<Long, Integer> some) {
    some.values().forEach(fd -> calls.callInt("close", fd));
    some.clear();
  }

  @Override
  public void close() {
    release();
    close(rootDescriptors);
    calls.close();
  }
}
