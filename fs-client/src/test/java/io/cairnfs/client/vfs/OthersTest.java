package io.cairnfs.client.vfs;

import static io.cairnfs.client.vfs.TwoMounts.READ_WRITE;
import static io.cairnfs.client.vfs.TwoMounts.ROOT;
import static io.cairnfs.client.vfs.TwoMounts.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When the kernel is made to forget the content of a file that another mount has changed. */
@SuppressWarnings("NullAway.Init") // every test mounts first
final class OthersTest {

  private static final Lock WHOLE = new Lock(Lock.Kind.EXCLUSIVE, 0, Long.MAX_VALUE, 1, 1);

  private final List<Long> forgotten = new CopyOnWriteArrayList<>();
  private TwoMounts mounts;
  private long inode;
  private long handle;

  @BeforeEach
  void haveAFileOpenThatAnotherChanged() throws Exception {
    mounts = new TwoMounts();
    mounts.here().serve(new Recorder());
    Created file = mounts.here().create(Caller.ROOT, ROOT, name("x"), 0100644, 022, READ_WRITE);
    inode = file.entry().attributes().inode();
    handle = file.opened().handle();
    long theirs = mounts.there().open(Caller.ROOT, lookUp(mounts.there()), READ_WRITE).handle();
    ByteBuffer data = ByteBuffer.wrap(new byte[1]);
    mounts.there().write(Caller.ROOT, theirs, 0, data, Vfs.WriteMode.PROGRAM);
    mounts.there().flush(theirs, 0);
    mounts.there().release(theirs, 0);
    assertEquals(1, mounts.here().getAttributes(inode, 0).attributes().size()); // it is here
  }

  private static long lookUp(Vfs vfs) throws VfsException, InterruptedException {
    return vfs.lookup(Caller.ROOT, ROOT, name("x")).attributes().inode();
  }

  @AfterEach
  void close() throws Exception {
    mounts.here().release(handle, 0);
    mounts.close();
  }

  /** A notice may wait in the kernel for a page that is being read, where no signal ends a wait. */
  @Test
  void notAtOnce() {
    assertEquals(List.of(), forgotten);
  }

  @Test
  void whenItIsOpened() throws Exception {
    assertFalse(keepsCache());
    assertTrue(keepsCache());
    assertEquals(List.of(), forgotten);
  }

  private boolean keepsCache() throws VfsException, InterruptedException {
    OpenFlags withoutAccessTime =
        new OpenFlags(true, true, false, false, false, false, false, false, true);
    Opened opened = mounts.here().open(Caller.ROOT, inode, withoutAccessTime);
    mounts.here().release(opened.handle(), 0);
    return opened.keepCache();
  }

  @Test
  void whenALockIsGot() throws Exception {
    mounts.here().setLock(handle, WHOLE, false, false);
    assertEquals(List.of(inode), forgotten);
    mounts.here().setLock(handle, WHOLE, false, false);
    assertEquals(List.of(inode), forgotten);
  }

  @Test
  void whenALockIsGotAfterTheOtherHasGone() throws Exception {
    mounts.leave();
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (mounts.here().getAttributes(inode, 0).validNanos() == 0) { // until this one is alone
      assertTrue(System.nanoTime() < deadline);
      Thread.sleep(20);
    }
    mounts.here().setLock(handle, WHOLE, false, false);
    assertEquals(List.of(inode), forgotten);
  }

  private final class Recorder implements KernelCache {

    @Override
    public boolean forgetNames() {
      return true;
    }

    @Override
    public void forgetAttributes(long inode) {}

    @Override
    public void forgetData(long inode) {
      forgotten.add(inode);
    }

    @Override
    public void awaitForgotten() {}
  }
}
