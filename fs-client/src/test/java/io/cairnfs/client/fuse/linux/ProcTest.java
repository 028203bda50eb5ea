package io.cairnfs.client.fuse.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProcTest {

  @Test
  void mountinfoIsRead() {
    List<MountTable.Mount> mounts =
        MountTable.parse(
            """
            22 27 0:20 / /sys rw,relatime shared:7 - sysfs sysfs rw
            93 27 0:39 / /mnt/a\\040b\\134c rw,nosuid - fuse.cairn cairn\\040docs rw,user_id=0
            """);
    assertEquals(
        List.of(
            new MountTable.Mount("0:20", "/sys", "sysfs", "sysfs"),
            new MountTable.Mount("0:39", "/mnt/a b\\c", "fuse.cairn", "cairn docs")),
        mounts);
    assertEquals("39", mounts.get(1).minor());
  }

  @Test
  void onlyAFatalSignalMeansDying() {
    assertFalse(SignalState.isDying("Name:\tcat\nSigQ:\t0/1\nSigPnd:\t0000000000000000\n"));
    assertFalse(SignalState.isDying("SigPnd:\t0000000000000200\nShdPnd:\t0000000000000000\n"));
    assertTrue(SignalState.isDying("SigPnd:\t0000000000000100\nShdPnd:\t0000000000000000\n"));
    assertTrue(SignalState.isDying(Integer.MAX_VALUE)); // there is no such thread
    assertFalse(SignalState.isDying((int) ProcessHandle.current().pid()));
  }

  @Test
  void failuresAreDescribed() {
    assertEquals("Transport endpoint is not connected", LibC.describe(Errno.ENOTCONN));
    assertEquals(-Errno.ENOENT, LibC.open("/absent", LibC.O_RDWR));
  }
}
