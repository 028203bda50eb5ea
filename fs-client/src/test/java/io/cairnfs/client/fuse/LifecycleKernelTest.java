package io.cairnfs.client.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairnfs.client.fuse.mounting.MountException;
import io.cairnfs.client.fuse.mounting.MountOptions;
import io.cairnfs.client.testing.MemoryVfs;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** How mounts come and go. */
@Timeout(120)
@Isolated("a process that another class starts holds files of the mount until it executes")
class LifecycleKernelTest {

  private static final String NOBODY = "65534";
  private static final Path DEVICE = Path.of("/dev/fuse");

  @TempDir Path temporary;

  private final List<Process> children = new ArrayList<>();
  private KernelMount place;

  @BeforeEach
  void make() throws IOException {
    place = new KernelMount();
  }

  @AfterEach
  void unmount() throws IOException, InterruptedException {
    children.forEach(Process::destroyForcibly);
    if (place != null) {
      place.close();
    }
  }

  @Test
  void theMountTableSaysWhatItIs() throws IOException, InterruptedException {
    place.mount(new MemoryVfs(), MountOptions.DEFAULT.with("fsname=cairn#docs,ro,noatime"));
    String line =
        Files.readAllLines(Path.of("/proc/mounts")).stream()
            .filter(l -> l.contains(place.directory().toString()))
            .findFirst()
            .orElse("");
    assertTrue(line.startsWith("cairn#docs ") || line.startsWith("cairn\\043docs "), line);
    assertTrue(line.contains(" fuse.cairn ro,nosuid,nodev,noatime,"), line);
    assertTrue(line.contains("default_permissions"), line);
    assertThrows(FileSystemException.class, () -> Files.createFile(place.directory().resolve("x")));
  }

  @Test
  void unmountingEndsIt() throws IOException, InterruptedException {
    FuseMount mount = place.mount(new MemoryVfs());
    Files.writeString(place.directory().resolve("x"), "x");
    mount.unmount();
    assertFalse(place.isMounted());
    mount.awaitUnmounted();
    mount.close(); // does nothing more
  }

  @Test
  void othersMayUnmountIt() throws IOException, InterruptedException {
    FuseMount mount = place.mount(new MemoryVfs());
    int status = new ProcessBuilder("umount", place.directory().toString()).start().waitFor();
    assertEquals(0, status);
    mount.awaitUnmounted();
    assertFalse(place.isMounted());
  }

  @Test
  void aBusyMountStaysUnlessForced() throws IOException, InterruptedException {
    FuseMount mount = place.mount(new MemoryVfs());
    Path file = Files.write(place.directory().resolve("x"), new byte[10_000_000]);
    InputStream open = Files.newInputStream(file);
    MountException busy = assertThrows(MountException.class, mount::unmount);
    assertTrue(busy.isBusy());
    assertTrue(place.isMounted());
    assertEquals(0, open.read());
    mount.close();
    assertFalse(place.isMounted());
    assertThrows(IOException.class, () -> open.readNBytes(10_000_000));
    assertThrows(IOException.class, open::close); // a closed descriptor is flushed, too
    mount.awaitUnmounted();
  }

  @Test
  void aMountIsNotMountedOver() throws IOException, InterruptedException {
    place.mount(new MemoryVfs());
    MountException failure =
        assertThrows(
            MountException.class,
            () -> FuseMount.mount(place.directory(), new MemoryVfs(), MountOptions.DEFAULT));
    assertTrue(String.valueOf(failure.getMessage()).contains("cairn umount"), failure.getMessage());
  }

  @Test
  void badMountPointsAreExplained() throws IOException {
    Path file = Files.writeString(temporary.resolve("file"), "x");
    assertMessage(file, "is not a directory");
    assertMessage(temporary.resolve("absent"), "mkdir -p");
    assertMessage(file.resolve("below"), "Not a directory");
  }

  private static void assertMessage(Path directory, String part) {
    MountException failure =
        assertThrows(
            MountException.class,
            () -> FuseMount.mount(directory, new MemoryVfs(), MountOptions.DEFAULT));
    assertTrue(String.valueOf(failure.getMessage()).contains(part), failure.getMessage());
  }

  @Test
  void aKilledClientsMountIsReplaced() throws IOException, InterruptedException {
    Process client = start(List.of(), System.getProperty("java.class.path"));
    client.destroyForcibly();
    assertTrue(client.waitFor(10, TimeUnit.SECONDS));
    assertTrue(place.isMounted());
    assertThrows(IOException.class, () -> Files.createFile(place.directory().resolve("x")));
    place.mount(new MemoryVfs());
    Files.createFile(place.directory().resolve("x"));
  }

  @Test
  void aUserMountsThroughFusermount() throws IOException, InterruptedException {
    assumeTrue(
        Files.exists(Path.of("/usr/bin/fusermount3")),
        "mounting as a user needs the package fuse3");
    Files.setAttribute(place.directory(), "unix:uid", Integer.parseInt(NOBODY));
    Object mode = Files.getAttribute(DEVICE, "unix:mode");
    Files.setAttribute(DEVICE, "unix:mode", 0666); // as udev makes it; not every container has udev
    try {
      mountAsUser();
    } finally {
      Files.setAttribute(DEVICE, "unix:mode", (int) mode & 07777);
    }
  }

  private void mountAsUser() throws IOException, InterruptedException {
    Process client =
        start(
            List.of("setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"),
            readableClassPath());
    String mounts = Files.readString(Path.of("/proc/mounts"));
    String line =
        mounts.lines().filter(l -> l.contains(place.directory().toString())).findFirst().orElse("");
    assertTrue(line.contains(" fuse.cairn rw,nosuid,nodev,"), line);
    assertTrue(line.contains("user_id=" + NOBODY), line);
    client.getOutputStream().close();
    assertTrue(client.waitFor(30, TimeUnit.SECONDS));
    assertEquals(0, client.exitValue());
    assertFalse(place.isMounted());
  }

  /** Starts a client on the test's directory and waits until it has mounted. */
  private Process start(List<String> prefix, String classPath) throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home", ""), "bin", "java").toString());
    command.addAll(List.of("-Xmx64m", "--enable-native-access=ALL-UNNAMED", "-cp", classPath));
    command.addAll(List.of(MountProcess.class.getName(), place.directory().toString()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    children.add(process);
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    assertEquals("mounted", output.readLine());
    return process;
  }

  /** A copy of the classes and of slf4j where other users may read them. */
  private String readableClassPath() throws IOException {
    Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
    List<String> copies = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path", "").split(File.pathSeparator, -1)) {
      Path source = Path.of(entry);
      if (Files.isDirectory(source) || source.getFileName().toString().startsWith("slf4j")) {
        Path target = temporary.resolve("cp" + copies.size());
        copyTree(source, target);
        copies.add(target.toString());
      }
    }
    return String.join(File.pathSeparator, copies);
  }

  private static void copyTree(Path source, Path target) throws IOException {
    try (Stream<Path> tree = Files.walk(source)) {
      for (Path path : (Iterable<Path>) tree::iterator) {
        Path copy = target.resolve(source.relativize(path).toString());
        Files.copy(path, copy);
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
    }
  }
}
