package io.cairnfs.client.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/mount.fuse.cairn}, beside a {@code bin/cairn} that only tells how it was called. */
class MountHelperTest {

  private static final Path HELPER = Path.of("..", "bin", "mount.fuse.cairn");

  @TempDir Path root;

  private record Answer(int status, String out, String err) {}

  @BeforeEach
  void install() throws IOException {
    Files.createDirectory(root.resolve("bin"));
    Files.copy(HELPER, helper(), StandardCopyOption.COPY_ATTRIBUTES);
    cairn("echo \"$*\"");
  }

  @Test
  void aMountThatWorksIsSilent() throws Exception {
    assertEquals(new Answer(0, "", ""), mount("photos", "/mnt", "-o", "rw"));
  }

  @Test
  void aMountThatWorksTellsAllWhenAsked() throws Exception {
    assertEquals(
        new Answer(0, "mount -o fsname=photos,dev,suid,rw,node=a:1 -- photos /mnt\n", ""),
        mount("photos", "/mnt", "-v", "-o", "rw,node=a:1"));
  }

  @Test
  void whatMountLeavesOutIsKept() throws Exception {
    assertEquals(
        new Answer(0, "mount -o fsname=photos,ro,nosuid,nodev -- photos /mnt\n", ""),
        mount("photos", "/mnt", "-v", "-o", "ro,nosuid,nodev"));
  }

  @Test
  void aMountThatFailsSaysWhy() throws Exception {
    cairn("echo 'cairn: no volume' >&2; exit 1");
    assertEquals(new Answer(32, "", "cairn: no volume\n"), mount("photos", "/mnt", "-o", "rw"));
  }

  @Test
  void aWrongCallIsRefused() throws Exception {
    assertEquals(1, mount("photos").status());
  }

  private Path helper() {
    return root.resolve("bin/mount.fuse.cairn");
  }

  private void cairn(String script) throws IOException {
    Path cairn = root.resolve("bin/cairn");
    Files.writeString(cairn, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(cairn, PosixFilePermissions.fromString("rwx------"));
  }

  private Answer mount(String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of(helper().toString()));
    command.addAll(List.of(words));
    Path err = root.resolve("err");
    Process process = new ProcessBuilder(command).redirectError(err.toFile()).start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Answer(process.waitFor(), out, Files.readString(err));
  }
}
