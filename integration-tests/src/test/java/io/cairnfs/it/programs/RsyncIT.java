package io.cairnfs.it.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** rsync(1) with all that it can keep: a second run finds nothing to do. */
@OnMount
final class RsyncIT {

  @Test
  void theSecondRunTransfersNothing(Workplace place) throws Exception {
    Workplace.need("rsync");
    AttributedTree.make(place, "from");
    place.run("rsync", "-aHAX", "from/", "to");
    assertEquals("", place.run("rsync", "-aHAX", "--itemize-changes", "--delete", "from/", "to"));
    assertEquals("", place.run("rsync", "-aHAX", "--checksum", "--itemize-changes", "from/", "to"));
    assertEquals(AttributedTree.describe(place, "from"), AttributedTree.describe(place, "to"));
  }
}
