package io.cairnfs.client.vfs;

import io.cairnfs.client.namespace.FileType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Drives a {@link Vfs} by paths and answers in text, so that two of them can be compared.
 * Single-threaded.
 */
final class PathFs {

  private static final OpenFlags READ_WRITE =
      new OpenFlags(true, true, false, false, false, false, false, false);
  private static final int ROOT = 1;

  private final Vfs vfs;
  private final Map<String, Long> handles = new HashMap<>();

  PathFs(Vfs vfs) {
    this.vfs = vfs;
  }

  /** A step on the file system. */
  interface Step {
    String run() throws VfsException, InterruptedException;
  }

  /** What a step answers, or how it fails. */
  static String answer(Step step) throws InterruptedException {
    try {
      return step.run();
    } catch (VfsException e) {
      return "failed: " + e.failure();
    }
  }

  private long resolve(String path) throws VfsException, InterruptedException {
    long at = ROOT;
    for (String part : path.split("/", -1)) {
      if (!part.isEmpty()) {
        at = vfs.lookup(Caller.ROOT, at, bytes(part)).attributes().inode();
        vfs.forget(at, 1);
      }
    }
    return at;
  }

  /** Whether a directory is there: the kernel does not ask to open or link one. */
  private boolean isDirectory(String path) throws InterruptedException {
    return type(path).equals("DIRECTORY");
  }

  private String type(String path) throws InterruptedException {
    return answer(() -> "" + vfs.getAttributes(resolve(path), 0).attributes().type());
  }

  private long parent(String path) throws VfsException, InterruptedException {
    return resolve(path.substring(0, path.lastIndexOf('/')));
  }

  private static byte[] name(String path) {
    return bytes(path.substring(path.lastIndexOf('/') + 1));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  String create(String path) throws VfsException, InterruptedException {
    if (isDirectory(path)) {
      return "a directory is there";
    }
    Created created = vfs.create(Caller.ROOT, parent(path), name(path), 0100644, 022, READ_WRITE);
    vfs.release(created.opened().handle(), 0);
    vfs.forget(created.entry().attributes().inode(), 1);
    return "size " + created.entry().attributes().size();
  }

  String makeDirectory(String path) throws VfsException, InterruptedException {
    Entry made = vfs.makeDirectory(Caller.ROOT, parent(path), name(path), 040755, 022);
    vfs.forget(made.attributes().inode(), 1);
    return "links " + made.attributes().links();
  }

  String symlink(String path, String target) throws VfsException, InterruptedException {
    Entry made = vfs.makeSymlink(Caller.ROOT, parent(path), name(path), bytes(target));
    vfs.forget(made.attributes().inode(), 1);
    return "size " + made.attributes().size();
  }

  String unlink(String path) throws VfsException, InterruptedException {
    vfs.unlink(Caller.ROOT, parent(path), name(path));
    return "ok";
  }

  String removeDirectory(String path) throws VfsException, InterruptedException {
    vfs.removeDirectory(Caller.ROOT, parent(path), name(path));
    return "ok";
  }

  String rename(String from, String to, Vfs.RenameMode mode)
      throws VfsException, InterruptedException {
    if (to.startsWith(from + "/") || from.startsWith(to + "/") || isSame(from, to)) {
      return "the kernel does not ask for this";
    }
    vfs.rename(Caller.ROOT, parent(from), name(from), parent(to), name(to), mode);
    return "ok";
  }

  private boolean isSame(String one, String other) throws InterruptedException {
    String first = answer(() -> "" + resolve(one));
    return !first.startsWith("failed") && first.equals(answer(() -> "" + resolve(other)));
  }

  String link(String from, String to) throws VfsException, InterruptedException {
    if (isDirectory(from)) {
      return "a directory is there";
    }
    Entry linked = vfs.link(Caller.ROOT, resolve(from), parent(to), name(to));
    vfs.forget(linked.attributes().inode(), 1);
    return "links " + linked.attributes().links();
  }

  String open(String path, String handle) throws VfsException, InterruptedException {
    if (!handles.containsKey(handle) && type(path).equals("REGULAR")) {
      handles.put(handle, vfs.open(Caller.ROOT, resolve(path), READ_WRITE).handle());
    }
    return "ok";
  }

  String close(String handle) throws VfsException, InterruptedException {
    Long open = handles.remove(handle);
    if (open == null) {
      return "not open";
    }
    vfs.flush(open, 0);
    vfs.release(open, 0);
    return "ok";
  }

  String write(String handle, long offset, byte[] data) throws VfsException, InterruptedException {
    Long open = handles.get(handle);
    return open == null
        ? "not open"
        : "wrote "
            + vfs.write(Caller.ROOT, open, offset, ByteBuffer.wrap(data), Vfs.WriteMode.PROGRAM);
  }

  String read(String handle, long offset, int length) throws VfsException, InterruptedException {
    Long open = handles.get(handle);
    if (open == null) {
      return "not open";
    }
    ByteBuffer target = ByteBuffer.allocate(length);
    int count = vfs.read(open, offset, target);
    return count + ":" + Arrays.hashCode(Arrays.copyOf(target.array(), count));
  }

  String fsync(String handle) throws VfsException, InterruptedException {
    Long open = handles.get(handle);
    if (open == null) {
      return "not open";
    }
    vfs.fsync(open, false);
    return "ok";
  }

  String truncate(String path, long size) throws VfsException, InterruptedException {
    if (!type(path).equals("REGULAR")) {
      return "no file is there";
    }
    AttributeChange change = new AttributeChange(null, null, null, size, null, null, null, false);
    return "size " + vfs.setAttributes(Caller.ROOT, resolve(path), change, 0).attributes().size();
  }

  String permissions(String path, int permissions) throws VfsException, InterruptedException {
    AttributeChange change =
        new AttributeChange(permissions, null, null, null, null, null, null, false);
    return "" + vfs.setAttributes(Caller.ROOT, resolve(path), change, 0).attributes().permissions();
  }

  String setXattr(String path, String name, byte[] value, Vfs.XattrMode mode)
      throws VfsException, InterruptedException {
    vfs.setXattr(
        Caller.ROOT,
        resolve(path),
        name,
        Arrays.copyOf(value, Math.min(value.length, 65_536)),
        mode,
        false);
    return "ok";
  }

  String removeXattr(String path, String name) throws VfsException, InterruptedException {
    vfs.removeXattr(Caller.ROOT, resolve(path), name);
    return "ok";
  }

  void closeAll() throws VfsException, InterruptedException {
    for (String handle : List.copyOf(handles.keySet())) {
      close(handle);
    }
  }

  /**
   * The whole tree: for each path its attributes that do not depend on time or numbers, and its
   * content.
   */
  Map<String, String> tree() throws VfsException, InterruptedException {
    Map<String, String> found = new TreeMap<>();
    collect("", ROOT, found);
    return found;
  }

  private void collect(String path, long directory, Map<String, String> found)
      throws VfsException, InterruptedException {
    long handle = vfs.openDirectory(Caller.ROOT, directory).handle();
    Map<String, Long> children = new TreeMap<>();
    DirectorySink sink =
        new DirectorySink() {
          @Override
          public boolean name(byte[] name, long inode, FileType type, long next) {
            String text = new String(name, StandardCharsets.UTF_8);
            if (!text.equals(".") && !text.equals("..") && children.put(text, inode) != null) {
              throw new AssertionError(
                  vfs.getClass() + " " + path + " lists " + text + " twice: " + children);
            }
            return true;
          }

          @Override
          public boolean entry(byte[] name, Entry entry, long next) {
            throw new AssertionError("not asked for");
          }
        };
    vfs.readDirectory(handle, 0, false, sink);
    vfs.releaseDirectory(handle);
    found.put(path + "/", describe(directory) + " entries " + children.keySet());
    for (Map.Entry<String, Long> child : children.entrySet()) {
      String below = path + "/" + child.getKey();
      if (vfs.getAttributes(child.getValue(), 0).attributes().type() == FileType.DIRECTORY) {
        collect(below, child.getValue(), found);
      } else {
        found.put(below, describe(child.getValue()) + content(child.getValue()));
      }
    }
  }

  private String describe(long inode) throws VfsException, InterruptedException {
    Attributes attributes = vfs.getAttributes(inode, 0).attributes();
    StringBuilder text = new StringBuilder();
    text.append(attributes.type())
        .append(' ')
        .append(Integer.toOctalString(attributes.permissions()));
    text.append(" links ").append(attributes.links());
    if (attributes.type() != FileType.DIRECTORY) {
      text.append(" size ").append(attributes.size());
    }
    for (String name : vfs.listXattrs(Caller.ROOT, inode).stream().sorted().toList()) {
      text.append(' ').append(name).append('=');
      text.append(Arrays.hashCode(vfs.getXattr(Caller.ROOT, inode, name)));
    }
    return text.toString();
  }

  private String content(long inode) throws VfsException, InterruptedException {
    Attributes attributes = vfs.getAttributes(inode, 0).attributes();
    if (attributes.type() == FileType.SYMLINK) {
      return " -> " + new String(vfs.readSymlink(inode), StandardCharsets.UTF_8);
    }
    long handle = vfs.open(Caller.ROOT, inode, READ_WRITE).handle();
    ByteBuffer target = ByteBuffer.allocate(Math.toIntExact(attributes.size()) + 10);
    int count = vfs.read(handle, 0, target);
    vfs.release(handle, 0);
    return " bytes " + count + " hash " + Arrays.hashCode(Arrays.copyOf(target.array(), count));
  }
}
