package io.cairnfs.client.fuse.session;

import static io.cairnfs.client.fuse.protocol.Request.BODY;

import io.cairnfs.client.fuse.protocol.CallFlags;
import io.cairnfs.client.fuse.protocol.Request;
import io.cairnfs.client.vfs.Failure;
import io.cairnfs.client.vfs.Vfs;
import io.cairnfs.client.vfs.VfsException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Requests about extended attributes. Each returns the length of the answer's body. The port has
 * names as text of ISO 8859-1, which holds any bytes.
 */
final class XattrRequests {

  private static final int SHORT_SET_IN_BYTES = 8;
  private static final int LONG_SET_IN_BYTES = 16;
  private static final int ACL_KILL_SET_GROUP_ID = 1;

  private final Vfs vfs;
  private final boolean longSet;

  XattrRequests(Vfs vfs, boolean longSet) {
    this.vfs = vfs;
    this.longSet = longSet;
  }

  /** struct fuse_setxattr_in: size, flags, in its long form more flags; then name and value. */
  int set(Request r) throws VfsException, InterruptedException {
    int nameAt = longSet ? LONG_SET_IN_BYTES : SHORT_SET_IN_BYTES;
    byte[] name = r.name(nameAt);
    byte[] value = r.bytes(nameAt + name.length + 1, r.int32(0));
    boolean killSetGroupId = longSet && (r.int32(8) & ACL_KILL_SET_GROUP_ID) != 0;
    vfs.setXattr(
        r.caller(), r.node(), text(name), value, CallFlags.xattr(r.int32(4)), killSetGroupId);
    return 0;
  }

  /** struct fuse_getxattr_in: size; then the name. */
  int get(Request r) throws VfsException, InterruptedException {
    return answer(r, vfs.getXattr(r.caller(), r.node(), text(r.name(8))));
  }

  /** struct fuse_getxattr_in. Names are each ended by NUL. */
  int list(Request r) throws VfsException, InterruptedException {
    ByteArrayOutputStream names = new ByteArrayOutputStream();
    for (String name : vfs.listXattrs(r.caller(), r.node())) {
      names.writeBytes(name.getBytes(StandardCharsets.ISO_8859_1));
      names.write(0);
    }
    return answer(r, names.toByteArray());
  }

  int remove(Request r) throws VfsException, InterruptedException {
    vfs.removeXattr(r.caller(), r.node(), text(r.name(0)));
    return 0;
  }

  /** A size of 0 asks for the size (struct fuse_getxattr_out); else the value must fit into it. */
  private static int answer(Request r, byte[] value) throws VfsException {
    int size = r.int32(0);
    if (size == 0) {
      r.out().putInt(BODY, value.length).putInt(BODY + 4, 0);
      return 8;
    }
    if (value.length > Math.min(size, r.capacity())) {
      throw new VfsException(Failure.OUT_OF_RANGE);
    }
    r.out().put(BODY, value);
    return value.length;
  }

  private static String text(byte[] name) {
    return new String(name, StandardCharsets.ISO_8859_1);
  }
}
