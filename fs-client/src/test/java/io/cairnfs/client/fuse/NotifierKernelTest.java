package io.cairnfs.client.fuse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairnfs.client.testing.MemoryVfs;
import io.cairnfs.client.vfs.AttributeChange;
import io.cairnfs.client.vfs.Caller;
import io.cairnfs.client.vfs.OpenFlags;
import io.cairnfs.client.vfs.Opened;
import io.cairnfs.client.vfs.Vfs;
import io.cairnfs.client.vfs.VfsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** Changes behind the kernel's back, and what tells it. */
@Timeout(60)
@Isolated("a process that another class starts holds files of the mount until it executes")
class NotifierKernelTest {

  private final MemoryVfs vfs = new MemoryVfs(); // lets the kernel cache for a minute
  private KernelMount place;
  private FuseMount mount;
  private Path file;
  private long inode;

  @BeforeEach
  void mount() throws IOException, InterruptedException {
    place = new KernelMount();
    mount = place.mount(vfs);
    file = Files.writeString(place.directory().resolve("file"), "before");
    inode = (long) Files.getAttribute(file, "unix:ino");
    assertEquals("before", Files.readString(file));
  }

  @AfterEach
  void unmount() throws IOException, InterruptedException {
    if (place != null) {
      place.close();
    }
  }

  @Test
  void attributes() throws Exception {
    AttributeChange change = new AttributeChange(0400, null, null, null, null, null, null, false);
    Files.getAttribute(file, "unix:mode"); // reading made the kernel doubt the access time
    vfs.setAttributes(Caller.ROOT, inode, change, 0);
    assertEquals(0100644, Files.getAttribute(file, "unix:mode"));
    assertTrue(mount.notifier().invalidateAttributes(inode));
    assertEquals(0100400, Files.getAttribute(file, "unix:mode"));
    assertTrue(mount.notifier().invalidateAttributes(4711)); // unknown to the kernel
  }

  @Test
  void data() throws Exception {
    writeBehind("behind");
    assertEquals("before", Files.readString(file));
    assertTrue(mount.notifier().invalidateData(inode, 0, 0));
    eventually(() -> Files.readString(file).equals("behind"));
  }

  /** Without a notice of data: what is in the page after the old end is not zeros. */
  @Test
  void growth() throws Exception {
    try (SeekableByteChannel open = Files.newByteChannel(file)) {
      writeBehind("behind, and longer");
      assertTrue(mount.notifier().invalidateAttributes(inode));
      ByteBuffer read = ByteBuffer.allocate(100);
      open.read(read);
      assertEquals("behind, and longer", UTF_8.decode(read.flip()).toString());
    }
  }

  private void writeBehind(String content) throws VfsException, InterruptedException {
    OpenFlags write = new OpenFlags(false, true, false, false, false, false, false, false);
    Opened opened = vfs.open(Caller.ROOT, inode, write);
    ByteBuffer data = ByteBuffer.wrap(content.getBytes(UTF_8));
    vfs.write(Caller.ROOT, opened.handle(), 0, data, Vfs.WriteMode.PROGRAM);
    vfs.release(opened.handle(), 0);
  }

  @Test
  void oneName() throws Exception {
    removeBehind();
    assertTrue(mount.notifier().invalidateEntry(MemoryVfs.ROOT, "file".getBytes(UTF_8)));
    eventually(() -> Files.notExists(file));
  }

  @Test
  void allNames() throws Exception {
    removeBehind();
    assumeTrue(mount.notifier().incrementEpoch(), "the kernel has no epochs before 6.16");
    assertFalse(Files.exists(file));
  }

  private void removeBehind() throws VfsException, InterruptedException {
    vfs.unlink(Caller.ROOT, MemoryVfs.ROOT, "file".getBytes(UTF_8));
    assertTrue(Files.exists(file)); // from the kernel's cache
  }

  private static void eventually(Callable<Boolean> condition) throws Exception {
    for (int i = 0; i < 100 && !condition.call(); i++) {
      Thread.sleep(50);
    }
    assertTrue(condition.call());
  }
}
