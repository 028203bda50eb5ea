package io.cairnfs.node;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SpaceAnnouncerTest {

  private static final long MIB = 1 << 20;
  private static final long TERABYTE = MIB << 20;
  private static final Duration SOON = Duration.ofSeconds(15);
  private static final Duration LATE = Duration.ofMinutes(10);

  @Test
  void whatPeopleNoticeIsToldAtOnce() {
    assertTrue(SpaceAnnouncer.isWorthTelling(300 * MIB, TERABYTE, SOON));
    assertFalse(SpaceAnnouncer.isWorthTelling(200 * MIB, TERABYTE, SOON));
  }

  @Test
  void littleIsMuchOfASmallDisk() {
    assertTrue(SpaceAnnouncer.isWorthTelling(60 * MIB, 1024 * MIB, SOON));
    assertFalse(SpaceAnnouncer.isWorthTelling(40 * MIB, 1024 * MIB, SOON));
  }

  @Test
  void littleIsToldLate() {
    assertTrue(SpaceAnnouncer.isWorthTelling(2 * MIB, TERABYTE, LATE));
    assertFalse(SpaceAnnouncer.isWorthTelling(MIB / 2, TERABYTE, LATE));
  }
}
