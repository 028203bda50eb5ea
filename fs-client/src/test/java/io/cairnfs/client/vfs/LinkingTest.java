package io.cairnfs.client.vfs;

import static io.cairnfs.client.vfs.TwoMounts.READ_WRITE;
import static io.cairnfs.client.vfs.TwoMounts.ROOT;
import static io.cairnfs.client.vfs.TwoMounts.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What has lost its last name gets none again. On one mount Linux sees to that itself; of what
 * another mount removed it does not know, and asks.
 */
@SuppressWarnings("NullAway.Init") // every test mounts first
final class LinkingTest {

  private TwoMounts mounts;

  @BeforeEach
  void mount() throws Exception {
    mounts = new TwoMounts();
  }

  @AfterEach
  void volumeIsWhole() throws Exception {
    mounts.close();
  }

  private static Created create(Vfs vfs, String name) throws VfsException, InterruptedException {
    return vfs.create(Caller.ROOT, ROOT, name(name), 0100644, 022, READ_WRITE);
  }

  private void link(Created file) throws VfsException, InterruptedException {
    mounts.here().link(Caller.ROOT, file.entry().attributes().inode(), ROOT, name("link"));
  }

  private void assertNotLinked(Created file) {
    VfsException failure = assertThrows(VfsException.class, () -> link(file));
    assertEquals(Failure.NOT_FOUND, failure.failure());
  }

  @Test
  void removedByAnother() throws Exception {
    Created file = create(mounts.here(), "file");
    mounts.there().unlink(Caller.ROOT, ROOT, name("file"));
    assertNotLinked(file); // lives on, because it is open
    mounts.here().release(file.opened().handle(), 0);
    assertNotLinked(file);
  }

  @Test
  void replacedByAnother() throws Exception {
    Created file = create(mounts.here(), "file");
    Created other = create(mounts.there(), "new");
    mounts.there().release(other.opened().handle(), 0);
    Vfs.RenameMode mode = Vfs.RenameMode.REPLACE;
    mounts.there().rename(Caller.ROOT, ROOT, name("new"), ROOT, name("file"), mode);
    assertNotLinked(file);
    mounts.here().release(file.opened().handle(), 0);
  }

  /** O_TMPFILE and linkat(2), once. */
  @Test
  void neverNamed() throws Exception {
    Created file = mounts.here().createUnnamed(Caller.ROOT, ROOT, 0100644, 022, READ_WRITE);
    link(file);
    mounts.there().unlink(Caller.ROOT, ROOT, name("link"));
    assertNotLinked(file);
    mounts.here().release(file.opened().handle(), 0);
  }
}
