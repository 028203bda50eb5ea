package io.cairnfs.client.vfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.clock.BootTimeClock;
import io.cairnfs.client.content.Content;
import io.cairnfs.client.content.ContentSettings;
import io.cairnfs.client.namespace.FileType;
import io.cairnfs.client.namespace.NamespaceOpener;
import io.cairnfs.client.namespace.NamespaceOptions;
import io.cairnfs.client.testing.MemoryHead;
import io.cairnfs.client.testing.MemoryNodes;
import io.cairnfs.client.tidy.TidySettings;
import io.cairnfs.protocol.head.VolumeId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Access times are seen at once, cost no commit, and are there when the volume is opened again. */
@SuppressWarnings("NullAway.Init") // every test mounts first
final class AccessTimesTest {

  private static final int ROOT = 1;
  private static final int LENGTH = 10_000;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final OpenFlags READ_WRITE =
      new OpenFlags(true, true, false, false, false, false, false, false);

  private final MemoryHead head = new MemoryHead();
  private final VolumeId volume = head.found(1);
  private final MemoryNodes nodes = new MemoryNodes(1);
  private final BlockClient blocks = nodes.client(1);
  private MountedVolume mounted;
  private Vfs vfs;

  private void mount(AccessTimePolicy policy) throws Exception {
    NamespaceOpener opener = new NamespaceOpener(head, blocks, new BootTimeClock());
    NamespaceOptions options = NamespaceOptions.of(volume, "test");
    FileSystemStatus status = new FileSystemStatus(4096, 1, 1, 1, 1, 1);
    mounted =
        MountedVolume.open(
            onDeath -> opener.open(options, (reason, lost) -> onDeath.accept("dead")),
            new Content(blocks, ContentSettings.defaults(TIMEOUT)),
            usage -> status,
            TidySettings.of(0),
            policy,
            TIMEOUT);
    vfs = mounted.vfs();
  }

  @AfterEach
  void close() throws Exception {
    mounted.close();
  }

  private static byte[] name(String name) {
    return name.getBytes(StandardCharsets.UTF_8);
  }

  /** A file with content that is not stored yet; gives its handle. */
  private long write(String name) throws Exception {
    long handle =
        vfs.create(Caller.ROOT, ROOT, name(name), 0100644, 022, READ_WRITE).opened().handle();
    ByteBuffer data = ByteBuffer.wrap(new byte[LENGTH]);
    vfs.write(Caller.ROOT, handle, 0, data, Vfs.WriteMode.PROGRAM);
    return handle;
  }

  private long inode(String name) throws Exception {
    return vfs.lookup(Caller.ROOT, ROOT, name(name)).attributes().inode();
  }

  private Attributes attributes(String name) throws Exception {
    return vfs.getAttributes(inode(name), 0).attributes();
  }

  private void read(long handle) throws Exception {
    assertEquals(LENGTH, vfs.read(handle, 0, ByteBuffer.allocate(LENGTH)));
  }

  private boolean keepsCache(String name, OpenFlags flags) throws Exception {
    Opened opened = vfs.open(Caller.ROOT, inode(name), flags);
    vfs.release(opened.handle(), 0);
    return opened.keepCache();
  }

  @Test
  void theFirstReadAfterAChangeIsSeenAndKept() throws Exception {
    mount(AccessTimePolicy.RELATIVE);
    long handle = write("file");
    read(handle); // before anything of it is stored
    Attributes first = attributes("file");
    assertTrue(first.atimeNanos() > first.mtimeNanos());
    vfs.fsync(handle, true);
    read(handle);
    assertEquals(first.atimeNanos(), attributes("file").atimeNanos());
    vfs.release(handle, 0);
    mounted.close();
    mount(AccessTimePolicy.RELATIVE);
    assertEquals(first.atimeNanos(), attributes("file").atimeNanos());
  }

  @Test
  void readingCommitsNothing() throws Exception {
    mount(AccessTimePolicy.RELATIVE);
    long handle = write("file");
    vfs.syncAll();
    long sequence = head.state(volume).sequence();
    read(handle);
    vfs.fsync(handle, true);
    assertEquals(sequence, head.state(volume).sequence());
    vfs.fsync(handle, false); // of all attributes
    assertTrue(head.state(volume).sequence() > sequence);
  }

  @Test
  void directoriesAndSymlinks() throws Exception {
    mount(new AccessTimePolicy(AccessTimePolicy.Update.RELATIVE, false));
    long link = vfs.makeSymlink(Caller.ROOT, ROOT, name("link"), name("to")).attributes().inode();
    vfs.readSymlink(link);
    assertTrue(attributes("link").atimeNanos() > attributes("link").ctimeNanos());
    assertFalse(listingIsSeen(), "nodiratime");
    mounted.close();
    mount(AccessTimePolicy.RELATIVE);
    assertTrue(listingIsSeen());
  }

  private boolean listingIsSeen() throws Exception {
    long before = vfs.getAttributes(ROOT, 0).attributes().atimeNanos();
    long handle = vfs.openDirectory(Caller.ROOT, ROOT).handle();
    vfs.readDirectory(handle, 0, false, new NoEntries());
    vfs.releaseDirectory(handle);
    return vfs.getAttributes(ROOT, 0).attributes().atimeNanos() > before;
  }

  private static final class NoEntries implements DirectorySink {
    @Override
    public boolean name(byte[] name, long inode, FileType type, long next) {
      return false;
    }

    @Override
    public boolean entry(byte[] name, Entry entry, long next) {
      return false;
    }
  }

  @Test
  void aTimeThatIsSetWins() throws Exception {
    mount(AccessTimePolicy.RELATIVE);
    long handle = write("file");
    read(handle);
    vfs.setAttributes(
        Caller.ROOT,
        inode("file"),
        new AttributeChange(
            null, null, null, null, new AttributeChange.Time.At(7), null, null, false),
        0);
    vfs.release(handle, 0);
    assertEquals(7, attributes("file").atimeNanos());
    mounted.close();
    mount(AccessTimePolicy.NONE);
    assertEquals(7, attributes("file").atimeNanos());
  }

  @Test
  void theKernelForgetsWhatItMustNotReadByItself() throws Exception {
    mount(AccessTimePolicy.RELATIVE);
    OpenFlags read = new OpenFlags(true, false, false, false, false, false, false, false);
    OpenFlags write = new OpenFlags(false, true, false, false, false, false, false, false);
    OpenFlags unseen = new OpenFlags(true, false, false, false, false, false, false, false, true);
    long handle = write("file");
    assertFalse(keepsCache("file", read));
    assertTrue(keepsCache("file", write));
    assertTrue(keepsCache("file", unseen));
    read(handle);
    assertTrue(keepsCache("file", read));
    vfs.release(handle, 0);
    mounted.close();
    mount(AccessTimePolicy.NONE);
    vfs.release(write("other"), 0);
    assertTrue(keepsCache("other", read));
  }

  @Test
  void whatWasRemovedMeanwhileIsPassedOver() throws Exception {
    mount(AccessTimePolicy.RELATIVE);
    long gone = write("gone");
    long stays = write("stays");
    read(gone);
    read(stays);
    long atime = attributes("stays").atimeNanos();
    vfs.unlink(Caller.ROOT, ROOT, name("gone"));
    vfs.release(gone, 0);
    vfs.release(stays, 0);
    mounted.close();
    mount(AccessTimePolicy.NONE);
    assertEquals(atime, attributes("stays").atimeNanos());
  }
}
