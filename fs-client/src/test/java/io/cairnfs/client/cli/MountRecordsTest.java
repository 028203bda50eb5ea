package io.cairnfs.client.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MountRecordsTest {

  @TempDir private Path directory;

  @Test
  void keepsWhatIsMountedUntilItEndsWell() throws Exception {
    MountRecords records = new MountRecords(directory.resolve("mounts"));
    assertEquals(List.of(), records.running());
    MountRecord mount = mount(ProcessId.current());
    records.put(mount);
    assertEquals(mount, records.find(mount.directory()));
    assertEquals(List.of(mount), records.running());
    MountRecord failed = mount.withFailure("the disk = full\nand broken");
    records.put(failed);
    assertEquals(failed, records.find(mount.directory()));
    records.remove(mount.directory());
    assertNull(records.find(mount.directory()));
  }

  @Test
  void aNumberThatIsUsedAgainIsAnotherProcess() throws Exception {
    MountRecords records = new MountRecords(directory);
    ProcessId current = ProcessId.current();
    records.put(mount(new ProcessId(current.pid(), current.startTicks() - 1)));
    assertEquals(List.of(), records.running());
  }

  @Test
  void aProcessThatEndedDoesNotRun() throws Exception {
    Process process = new ProcessBuilder("sleep", "60").start();
    ProcessId id = ProcessId.of(process.pid());
    assertNotNull(id);
    assertTrue(id.isRunning());
    process.destroyForcibly().waitFor();
    assertFalse(id.isRunning());
  }

  private static MountRecord mount(ProcessId process) {
    return new MountRecord(
        Path.of("/mnt/a b=ü"), process, "photos", Path.of("/log"), Duration.ofSeconds(3), null);
  }
}
