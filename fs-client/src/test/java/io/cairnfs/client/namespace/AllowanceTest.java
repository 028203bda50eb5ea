package io.cairnfs.client.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.protocol.head.Quota;
import io.cairnfs.protocol.head.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class AllowanceTest {

  private static final Quota QUOTA = new Quota(1000, 20);
  private static final int STEPS = 20_000;

  @Test
  void whatIsGivenBackCountsOnceItIsCommitted() {
    Allowance allowance = new Allowance(QUOTA, new Usage(1000, 1));
    assertFalse(allowance.admits(new Usage(1, 0)));
    assertTrue(allowance.admits(new Usage(-500, 0)));
    assertFalse(allowance.mayShrink());
    allowance.applied(new Usage(-500, 0));
    assertFalse(allowance.admits(new Usage(1, 0)));
    assertTrue(allowance.mayShrink());
    assertFalse(allowance.mayShrink(), "a second commit makes no more room");
    allowance.committed(new Usage(-500, 0));
    assertTrue(allowance.admits(new Usage(500, 0)));
    assertFalse(allowance.admits(new Usage(501, 0)));
  }

  @Test
  void whatIsSetAsideIsNotThereForOthers() {
    Allowance allowance = new Allowance(QUOTA, Usage.NONE);
    assertTrue(allowance.reserve(900));
    assertFalse(allowance.reserve(101));
    assertFalse(allowance.admits(new Usage(101, 0)));
    assertTrue(allowance.admits(new Usage(0, 20)));
    assertFalse(allowance.admits(new Usage(0, 21)));
    allowance.release(900);
    assertTrue(allowance.reserve(1000));
  }

  /** In whatever order transactions are committed, the head would admit each. */
  @Test
  void noOrderOfCommitsExceedsTheQuota() {
    assertEquals(0, refusals(false));
  }

  /** Twin: were room counted as soon as it is given back, heads would refuse. */
  @Test
  void countingWhatIsNotCommittedYetWouldExceedIt() {
    assertTrue(refusals(true) > 0);
  }

  private static int refusals(boolean shrinkAtOnce) {
    Random random = new Random(1);
    Allowance allowance = new Allowance(QUOTA, Usage.NONE);
    Usage head = Usage.NONE;
    List<Usage> uncommitted = new ArrayList<>();
    int refused = 0;
    for (int step = 0; step < STEPS; step++) {
      Usage change = new Usage(random.nextInt(200) - 95, random.nextInt(5) - 2);
      Usage applied = uncommitted.stream().reduce(head, Usage::plus);
      boolean possible =
          applied.bytes() + change.bytes() >= 0 && applied.inodes() + change.inodes() >= 0;
      boolean admitted = shrinkAtOnce ? QUOTA.admits(applied, change) : allowance.admits(change);
      if (possible && admitted) {
        allowance.applied(change);
        uncommitted.add(change);
      }
      if (!uncommitted.isEmpty() && random.nextBoolean()) {
        Usage committed = uncommitted.remove(random.nextInt(uncommitted.size()));
        refused += QUOTA.admits(head, committed) ? 0 : 1;
        head = head.plus(committed);
        allowance.committed(committed);
      }
    }
    return refused;
  }
}
