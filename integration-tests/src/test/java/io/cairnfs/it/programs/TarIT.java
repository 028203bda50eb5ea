package io.cairnfs.it.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** tar(1) with extended attributes and access lists. */
@OnMount
final class TarIT {

  @Test
  void whatIsPackedIsUnpacked(Workplace place) throws Exception {
    Workplace.need("tar");
    AttributedTree.make(place, "from");
    place.run("tar", "--xattrs", "--acls", "-S", "-cf", "archive.tar", "-C", "from", ".");
    place.in("to").run("tar", "--xattrs", "--acls", "-xpf", "../archive.tar");
    assertEquals("", place.in("to").run("tar", "-df", "../archive.tar"));
    assertEquals(AttributedTree.describe(place, "from"), AttributedTree.describe(place, "to"));
  }
}
