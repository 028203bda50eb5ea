package io.cairnfs.client.fuse.mounting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MountOptionsTest {

  @Test
  void defaults() {
    MountOptions options = MountOptions.DEFAULT.with("");
    assertEquals(MountOptions.DEFAULT, options);
    assertEquals("cairn", options.source());
    assertEquals(Set.of(KernelFlag.NO_SET_USER_ID, KernelFlag.NO_DEVICES), options.kernelFlags());
    assertFalse(options.allowOther());
    assertTrue(options.defaultPermissions());
    assertFalse(options.localLocks());
    assertEquals(Duration.ofSeconds(30), options.timeout());
    assertEquals(2, options.readerThreads());
    assertEquals(2 << 20, options.readAheadBytes());
    assertEquals(4 << 20, options.tidyBytesPerSecond());
  }

  @Test
  void everyOptionIsRead() {
    MountOptions options =
        MountOptions.DEFAULT.with(
            "ro,noatime,suid,dev,allow_other,no_default_permissions,local_locks,fsname=cairn#v=1,"
                + "timeout=2m,readers=1,read_ahead=128k,tidy=1m,sweep=90s,stripe=2m,stripe_after=3h,defaults,x-systemd.automount,_netdev");
    assertEquals(
        new MountOptions(
            "cairn#v=1",
            Set.of(KernelFlag.READ_ONLY, KernelFlag.NO_ACCESS_TIME),
            true,
            false,
            true,
            Duration.ofMinutes(2),
            1,
            128 << 10,
            1 << 20,
            Duration.ofSeconds(90),
            2 << 20,
            Duration.ofHours(3)),
        options);
    assertEquals(1 | 1024, options.kernelBits());
  }

  @Test
  void theLastWordCounts() {
    MountOptions options =
        MountOptions.DEFAULT.with("ro,rw,timeout=1,timeout=500ms,tidy=off,sweep=off,stripe=off");
    assertEquals(0, options.tidyBytesPerSecond());
    assertEquals(Duration.ZERO, options.sweepInterval());
    assertEquals(0, options.stripeBytesPerSecond());
    assertFalse(options.has(KernelFlag.READ_ONLY));
    assertEquals(Duration.ofMillis(500), options.timeout());
  }

  @ParameterizedTest
  @CsvSource({
    "colour, unknown mount option 'colour'",
    "timeout, unknown mount option 'timeout'",
    "allow_other=1, unknown mount option 'allow_other=1'",
    "timeout=soon, mount option 'timeout=soon' has no valid value",
    "timeout=10ms, timeout must be between",
    "readers=0, readers must be between",
    "readers=17, readers must be between",
    "read_ahead=9999m, mount option 'read_ahead=9999m' is too large",
    "fsname=, the source's name is empty"
  })
  void wrongOptionsAreNamed(String option, String message) {
    IllegalArgumentException failure =
        assertThrows(IllegalArgumentException.class, () -> MountOptions.DEFAULT.with(option));
    assertTrue(String.valueOf(failure.getMessage()).contains(message), failure.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a,b", "a\\b"})
  void fusermountGetsCommasEscaped(String source) {
    String text = Fusermount.text(MountOptions.DEFAULT.withSource(source).with("ro,allow_other"));
    assertEquals(
        "fsname=a\\"
            + source.charAt(1)
            + "b,subtype=cairn,max_read=1048576,ro,nosuid,nodev,allow_other,default_permissions",
        text);
  }
}
