package io.cairnfs.client.jnr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class UnnamedTest {

  @Test
  void libfusesNamesAreKnown() {
    assertEquals(".fuse_hidden0000000affffffff", Unnamed.of("/d/.fuse_hidden0000000affffffff"));
    assertEquals(0xffffffffL, Unnamed.counter(".fuse_hidden0000000affffffff"));
    assertNull(Unnamed.of("/.fuse_hidden0000000a"));
    assertNull(Unnamed.of("/.fuse_hidden0000000a0000000g"));
    assertNull(Unnamed.of("/.fuse_hidden0000000a00000001/file"));
  }

  @Test
  void hidingStaysInItsDirectory() {
    assertTrue(Unnamed.sameDirectory("/a", "/b"));
    assertTrue(Unnamed.sameDirectory("/d/a", "/d/b"));
    assertFalse(Unnamed.sameDirectory("/d/a", "/a"));
  }
}
