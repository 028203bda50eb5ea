package io.cairnfs.client.vfs;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.vfs.AccessTimePolicy.Update;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Which reads change an access time. */
final class AccessTimePolicyTest {

  private static final long DAY = TimeUnit.DAYS.toNanos(1);

  @Test
  void relativeToChangesAndToTheDay() {
    AccessTimePolicy policy = AccessTimePolicy.RELATIVE;
    assertTrue(policy.wants(10, 10, 5, 20), "read when it was written, or before");
    assertTrue(policy.wants(10, 5, 10, 20), "its attributes changed since");
    assertFalse(policy.wants(11, 10, 10, 20));
    assertFalse(policy.wants(11, 10, 10, 10 + DAY));
    assertTrue(policy.wants(11, 10, 10, 11 + DAY), "a day ago");
    assertFalse(policy.wants(DAY, 10, 10, 20), "in the future");
  }

  @Test
  void alwaysAndNever() {
    assertTrue(new AccessTimePolicy(Update.ALWAYS, true).wants(11, 10, 10, 20));
    assertFalse(AccessTimePolicy.NONE.wants(1, 10, 10, 20));
  }
}
