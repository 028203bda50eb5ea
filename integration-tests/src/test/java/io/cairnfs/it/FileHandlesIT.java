package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.fuse.linux.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Handles of files, as NFS servers keep them: good for as long as the file has a name. */
@Timeout(120)
final class FileHandlesIT {

  private static final int MAX_HANDLE_BYTES = 128;
  private static final int HEADER_BYTES = 8;

  private final ModelCalls calls = new ModelCalls();

  /** struct file_handle: handle_bytes, handle_type, f_handle; see open_by_handle_at(2). */
  private byte[] handle(Path path) {
    ByteBuffer buffer = buffer();
    buffer.putInt(0, MAX_HANDLE_BYTES);
    long address = calls.buffer().address();
    long mountId = address + HEADER_BYTES + MAX_HANDLE_BYTES;
    int root = ModelCalls.AT_FDCWD;
    long name = calls.text(0, path.toString());
    assertEquals(0, calls.callInt("name_to_handle_at", root, name, address, mountId, 0));
    byte[] handle = new byte[HEADER_BYTES + buffer.getInt(0)];
    buffer.get(0, handle);
    return handle;
  }

  private ByteBuffer buffer() {
    return calls.buffer().asByteBuffer().order(ByteOrder.nativeOrder());
  }

  /** What a file of a mount contains, or the negative errno with which it does not open. */
  private Object open(Path mount, byte[] handle, int flags) throws Exception {
    int directory = (int) calls.callInt("open", calls.text(0, mount.toString()), 0);
    try {
      buffer().put(0, handle);
      long fd = calls.callInt("open_by_handle_at", directory, calls.buffer().address(), flags);
      if (fd < 0) {
        return fd;
      }
      Path open = Path.of("/proc/self/fd/" + fd);
      Object found =
          Files.isDirectory(open) ? open.toRealPath().toString() : Files.readString(open);
      calls.callInt("close", fd);
      return found;
    } finally {
      calls.callInt("close", directory);
    }
  }

  @Test
  void theyOutliveTheKernelsMemory() throws Exception {
    try (calls;
        TestMount mount = TestMount.embedded(Cairn.embedded())) {
      Path root = mount.directory();
      Path deep = Files.createDirectories(root.resolve("a/b/c"));
      Path file = Files.writeString(deep.resolve("file"), "found again");
      Path gone = Files.writeString(deep.resolve("gone"), "soon gone");
      byte[] ofFile = handle(file);
      byte[] ofDirectory = handle(deep);
      byte[] ofGone = handle(gone);
      Files.delete(gone);
      assertEquals((long) -Errno.ESTALE, open(root, ofGone, ModelCalls.O_RDONLY));
      Files.move(deep, root.resolve("moved"));
      mount.unmount();
      mount.remount();
      assertEquals("found again", open(root, ofFile, ModelCalls.O_RDONLY));
      assertEquals(root.resolve("moved").toString(), open(root, ofDirectory, 0));
      assertEquals((long) -Errno.ESTALE, open(root, ofGone, ModelCalls.O_RDONLY));
      byte[] invented = ofFile.clone();
      invented[HEADER_BYTES + 1] ^= 0x40;
      assertEquals((long) -Errno.ESTALE, open(root, invented, ModelCalls.O_RDONLY));
      assertTrue(Files.exists(root.resolve("moved/file")));
      mount.unmount();
    }
  }
}
