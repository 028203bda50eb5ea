package io.cairnfs.client.vfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.cairnfs.client.namespace.NamespaceView;
import io.cairnfs.client.testing.MemoryVfs;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubtreeVfsTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final MemoryVfs whole = new MemoryVfs();
  private final PathFs above = new PathFs(whole);

  @BeforeEach
  void makeDirectories() throws Exception {
    above.makeDirectory("/d0");
    above.makeDirectory("/d0/d1");
    above.create("/f0");
  }

  private Vfs below(String path) throws VfsException, InterruptedException {
    return SubtreeVfs.of(whole, path, TIMEOUT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"d0/d1", "/d0/d1", "/d0//d1/"})
  void whatIsDoneBelowIsSeenInBoth(String path) throws Exception {
    PathFs subtree = new PathFs(below(path));
    subtree.makeDirectory("/d2");
    subtree.create("/d2/f1");
    subtree.rename("/d2/f1", "/f2", Vfs.RenameMode.REPLACE);
    above.create("/d0/d1/d2/f3");
    PathFs expected = new PathFs(new MemoryVfs());
    expected.makeDirectory("/d2");
    expected.create("/f2");
    expected.create("/d2/f3");
    assertEquals(expected.tree(), subtree.tree());
  }

  /** Who has only a handle could reach what lies outside. */
  @Test
  void nothingIsFoundByItsNumberAlone() throws Exception {
    Vfs subtree = below("/d0");
    VfsException refused =
        assertThrows(
            VfsException.class,
            () -> subtree.lookup(Caller.ROOT, NamespaceView.ROOT, new byte[] {'.'}));
    assertEquals(Failure.STALE, refused.failure());
  }

  @Test
  void itsTopHasTheRootsNumber() throws Exception {
    Vfs subtree = below("/d0");
    assertEquals(
        NamespaceView.ROOT, subtree.getAttributes(NamespaceView.ROOT, 0).attributes().inode());
    assertEquals(
        whole
            .getAttributes(
                whole
                    .lookup(Caller.ROOT, 1, new byte[] {(byte) 0x64, (byte) 0x30})
                    .attributes()
                    .inode(),
                0)
            .attributes()
            .mtimeNanos(),
        subtree.getAttributes(NamespaceView.ROOT, 0).attributes().mtimeNanos());
    subtree.forget(NamespaceView.ROOT, 100);
    assertEquals(1, subtree.getAttributes(NamespaceView.ROOT, 0).attributes().inode());
  }

  @Test
  void nothingAsPathIsTheWhole() throws Exception {
    assertSame(whole, below(""));
    assertSame(whole, below("/"));
  }

  @Test
  void aPathThatIsNoDirectoryIsRefused() {
    assertEquals(
        Failure.NOT_FOUND, assertThrows(VfsException.class, () -> below("/d0/no")).failure());
    assertEquals(
        Failure.NOT_A_DIRECTORY, assertThrows(VfsException.class, () -> below("/f0")).failure());
  }
}
