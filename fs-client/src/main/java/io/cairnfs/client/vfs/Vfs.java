package io.cairnfs.client.vfs;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A mounted file system, inode based, for any kernel binding. Thread-safe.
 *
 * <p>A binding calls it from {@link io.cairnfs.client.wait.ImpatientThread}s for speed; whatever
 * cannot finish from memory then throws {@link io.cairnfs.client.wait.WouldBlockException} without
 * effect, and the binding runs the same call again on a thread that may wait, inside a {@link
 * io.cairnfs.client.wait.Deadline}, interrupting it when the caller is interrupted. Methods that
 * always wait ({@link #fsync}, {@link #setLock} with {@code wait}) do so too.
 *
 * <p>Names are bytes as the kernel gives them; their length is checked here.
 */
public interface Vfs {

  /** Says how the kernel that is served from now on can be made to forget. */
  default void serve(KernelCache kernel) {}

  /**
   * The inode that a name is of in a directory; or an inode itself, by the name ".", and a
   * directory's parent, by "..": the kernel asks so for what a file handle is of.
   */
  Entry lookup(Caller caller, long parent, byte[] name) throws VfsException, InterruptedException;

  /** Gives lookups of an inode back. Never fails, never waits. */
  void forget(long inode, long lookups);

  /**
   * Tells an inode's attributes.
   *
   * @param handle an open handle of it, or 0
   */
  CachedAttributes getAttributes(long inode, long handle) throws VfsException, InterruptedException;

  CachedAttributes setAttributes(Caller caller, long inode, AttributeChange change, long handle)
      throws VfsException, InterruptedException;

  byte[] readSymlink(long inode) throws VfsException, InterruptedException;

  /**
   * Makes a node of any type but a directory or a symlink.
   *
   * @param mode type and permissions, the umask not applied yet
   */
  Entry makeNode(Caller caller, long parent, byte[] name, int mode, int umask, int device)
      throws VfsException, InterruptedException;

  Entry makeDirectory(Caller caller, long parent, byte[] name, int mode, int umask)
      throws VfsException, InterruptedException;

  Entry makeSymlink(Caller caller, long parent, byte[] name, byte[] target)
      throws VfsException, InterruptedException;

  void unlink(Caller caller, long parent, byte[] name) throws VfsException, InterruptedException;

  void removeDirectory(Caller caller, long parent, byte[] name)
      throws VfsException, InterruptedException;

  /** How rename treats an existing destination. */
  enum RenameMode {
    REPLACE,
    NO_REPLACE,
    EXCHANGE
  }

  void rename(
      Caller caller, long parent, byte[] name, long newParent, byte[] newName, RenameMode mode)
      throws VfsException, InterruptedException;

  Entry link(Caller caller, long inode, long newParent, byte[] newName)
      throws VfsException, InterruptedException;

  Opened open(Caller caller, long inode, OpenFlags flags) throws VfsException, InterruptedException;

  /**
   * Creates and opens a regular file, or opens the one that exists unless {@code
   * flags.exclusive()}.
   */
  Created create(Caller caller, long parent, byte[] name, int mode, int umask, OpenFlags flags)
      throws VfsException, InterruptedException;

  /** O_TMPFILE: an open file without a name. */
  Created createUnnamed(Caller caller, long parent, int mode, int umask, OpenFlags flags)
      throws VfsException, InterruptedException;

  /**
   * Reads into {@code target} until it is full or the file ends.
   *
   * @return bytes read
   */
  int read(long handle, long offset, ByteBuffer target) throws VfsException, InterruptedException;

  /**
   * Clears set-user-id and set-group-id of an open file, as a stranger's write does.
   *
   * @return whether there was anything to clear
   */
  boolean killPrivileges(long handle) throws VfsException, InterruptedException;

  /** Whose bytes are written. */
  enum WriteMode {
    /** Those of a program. */
    PROGRAM,
    /**
     * Those that programs stored to mapped memory: the kernel takes any handle that may write, so
     * that the handle's flags say nothing.
     */
    PAGE_CACHE
  }

  /**
   * Writes all of {@code data}, whose bytes are copied before this returns.
   *
   * @param offset where; a program's write to a handle that appends goes to the end instead
   * @return bytes written
   */
  int write(Caller caller, long handle, long offset, ByteBuffer data, WriteMode mode)
      throws VfsException, InterruptedException;

  /**
   * A descriptor of the handle was closed: reports what went wrong with earlier writes; drops its
   * owner's POSIX locks.
   */
  void flush(long handle, long lockOwner) throws VfsException, InterruptedException;

  /** The last descriptor is gone. Never waits; failures were for {@link #flush} to tell. */
  void release(long handle, long lockOwner);

  void fsync(long handle, boolean dataOnly) throws VfsException, InterruptedException;

  Opened openDirectory(Caller caller, long inode) throws VfsException, InterruptedException;

  /**
   * Lists entries after a cookie, 0 for the start; "." and ".." come first.
   *
   * @param plus whether to call {@link DirectorySink#entry} rather than {@link DirectorySink#name}
   */
  void readDirectory(long handle, long cookie, boolean plus, DirectorySink sink)
      throws VfsException, InterruptedException;

  void releaseDirectory(long handle);

  void fsyncDirectory(long handle, boolean dataOnly) throws VfsException, InterruptedException;

  /** Makes everything durable. */
  void syncAll() throws VfsException, InterruptedException;

  FileSystemStatus status() throws VfsException, InterruptedException;

  /** How setxattr treats an existing attribute. */
  enum XattrMode {
    ANY,
    CREATE,
    REPLACE
  }

  /**
   * Sets an extended attribute.
   *
   * @param name its bytes as ISO 8859-1
   * @param killSetGroupId clear set-group-ID if it is the access list that is set
   */
  void setXattr(
      Caller caller, long inode, String name, byte[] value, XattrMode mode, boolean killSetGroupId)
      throws VfsException, InterruptedException;

  byte[] getXattr(Caller caller, long inode, String name) throws VfsException, InterruptedException;

  List<String> listXattrs(Caller caller, long inode) throws VfsException, InterruptedException;

  void removeXattr(Caller caller, long inode, String name)
      throws VfsException, InterruptedException;

  /**
   * Checks access as access(2) does.
   *
   * @param mask of 4 (read), 2 (write), 1 (execute)
   */
  void access(Caller caller, long inode, int mask) throws VfsException, InterruptedException;

  /** What fallocate does with a range. */
  enum AllocateMode {
    ALLOCATE,
    ALLOCATE_KEEP_SIZE,
    PUNCH_HOLE,
    ZERO_RANGE,
    ZERO_RANGE_KEEP_SIZE
  }

  void allocate(long handle, AllocateMode mode, long offset, long length)
      throws VfsException, InterruptedException;

  /** The next data (or hole) at or after an offset: SEEK_DATA, SEEK_HOLE. */
  long seek(long handle, long offset, boolean hole) throws VfsException, InterruptedException;

  /** Copies a range between open files; returns bytes copied. */
  long copyRange(Caller caller, long from, long fromOffset, long to, long toOffset, long length)
      throws VfsException, InterruptedException;

  /** A lock that conflicts with the given one; null if none does. */
  @Nullable Lock getLock(long handle, Lock lock) throws VfsException, InterruptedException;

  /**
   * Takes, changes or releases a lock.
   *
   * @param flock a BSD lock on the whole file, owned by the handle
   * @param wait until it is free; else fail with {@link Failure#TRY_AGAIN}
   */
  void setLock(long handle, Lock lock, boolean flock, boolean wait)
      throws VfsException, InterruptedException;
}
