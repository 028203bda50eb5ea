package io.cairnfs.client.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.fuse.mounting.MountOptions;
import io.cairnfs.client.testing.MemoryVfs;
import io.cairnfs.client.vfs.CachedAttributes;
import io.cairnfs.client.vfs.Caller;
import io.cairnfs.client.vfs.Entry;
import io.cairnfs.client.vfs.VfsException;
import io.cairnfs.client.wait.ImpatientThread;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** A file system that waits, fails or hangs, through the kernel. */
@Timeout(60)
@Isolated("a process that another class starts holds files of the mount until it executes")
class WaitingKernelTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  private final MemoryVfs memory = new MemoryVfs();
  private KernelMount place;

  @BeforeEach
  void make() throws IOException {
    place = new KernelMount();
  }

  @AfterEach
  void unmount() throws IOException, InterruptedException {
    if (place != null) {
      place.close();
    }
  }

  @Test
  void whatWouldWaitRunsElsewhere() throws IOException, InterruptedException {
    AtomicInteger calls = new AtomicInteger();
    place.mount(
        WaitingVfs.wrap(
            memory,
            method -> {
              calls.incrementAndGet();
              assertTrue(Thread.currentThread().isVirtual());
              Thread.sleep(1);
            }));
    byte[] bytes = new byte[3_000_000];
    new Random(3).nextBytes(bytes);
    for (int i = 0; i < 3; i++) { // large and small requests take turns with the buffers
      Path file = place.directory().resolve("f" + i);
      Files.write(file, bytes);
      assertEquals(bytes.length, Files.size(file));
      assertEquals(-1, Files.mismatch(file, place.directory().resolve("f0")));
    }
    assertTrue(calls.get() > 100, () -> calls + " calls");
  }

  /** Blocks the first lookup of a name that is asked for after the mount is up. */
  private static final class Blocker implements WaitingVfs.Before {
    final CountDownLatch entered = new CountDownLatch(1);
    final CountDownLatch interrupted = new CountDownLatch(1);
    final CountDownLatch free = new CountDownLatch(1);

    @Override
    public void call(String method) throws InterruptedException {
      if (method.equals("lookup")) {
        entered.countDown();
        try {
          free.await();
        } catch (InterruptedException e) {
          interrupted.countDown();
          throw e;
        }
      }
    }
  }

  @Test
  void aKilledCallerIsLetGo() throws IOException, InterruptedException {
    Blocker blocker = new Blocker();
    place.mount(WaitingVfs.wrap(memory, blocker));
    Process cat = new ProcessBuilder("cat", place.directory() + "/absent").start();
    assertTrue(blocker.entered.await(10, TimeUnit.SECONDS));
    cat.destroyForcibly();
    assertTrue(blocker.interrupted.await(5, TimeUnit.SECONDS));
    assertTrue(cat.waitFor(5, TimeUnit.SECONDS));
  }

  @Test
  void aSignalThatTheProgramHandlesDoesNotEndItsCall() throws IOException, InterruptedException {
    Blocker blocker = new Blocker();
    place.mount(WaitingVfs.wrap(memory, blocker));
    Process shell =
        new ProcessBuilder(
                "sh", "-c", "trap : USR1; test -d " + place.directory() + "/absent; test $? = 1")
            .start();
    assertTrue(blocker.entered.await(10, TimeUnit.SECONDS));
    assertEquals(0, new ProcessBuilder("kill", "-USR1", "" + shell.pid()).start().waitFor());
    assertFalse(blocker.interrupted.await(500, TimeUnit.MILLISECONDS));
    blocker.free.countDown();
    assertTrue(shell.waitFor(5, TimeUnit.SECONDS));
    assertEquals(0, shell.exitValue());
  }

  @Test
  void aKillAfterAHandledSignalIsNoticedToo() throws IOException, InterruptedException {
    Blocker blocker = new Blocker();
    place.mount(WaitingVfs.wrap(memory, blocker));
    Process shell =
        new ProcessBuilder("sh", "-c", "trap : USR1; test -d " + place.directory() + "/absent")
            .start();
    assertTrue(blocker.entered.await(10, TimeUnit.SECONDS));
    assertEquals(0, new ProcessBuilder("kill", "-USR1", "" + shell.pid()).start().waitFor());
    assertFalse(blocker.interrupted.await(300, TimeUnit.MILLISECONDS));
    shell.destroyForcibly();
    assertTrue(blocker.interrupted.await(5, TimeUnit.SECONDS));
    assertTrue(shell.waitFor(5, TimeUnit.SECONDS));
  }

  @Test
  void aCallThatIgnoresItsDeadlineFailsNonetheless() throws IOException, InterruptedException {
    CountDownLatch free = new CountDownLatch(1);
    place.mount(
        WaitingVfs.wrap(memory, method -> awaitUninterruptibly(method.equals("lookup"), free)),
        MountOptions.DEFAULT.withTimeout(TIMEOUT));
    long start = System.nanoTime();
    FileSystemException failure =
        assertThrows(
            FileSystemException.class,
            () -> Files.readAttributes(place.directory().resolve("x"), "unix:*"));
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    free.countDown();
    assertTrue(String.valueOf(failure.getMessage()).contains("Input/output error"));
    assertTrue(millis >= TIMEOUT.toMillis(), millis + " ms");
    assertTrue(millis < TIMEOUT.toMillis() + 1000, millis + " ms");
  }

  @Test
  void aFileSystemThatStandsStillCanBeUnmounted() throws IOException, InterruptedException {
    CountDownLatch free = new CountDownLatch(1);
    AtomicBoolean still = new AtomicBoolean();
    FuseMount mount =
        place.mount(
            WaitingVfs.wrap(memory, method -> awaitUninterruptibly(still.get(), free)),
            MountOptions.DEFAULT.withTimeout(TIMEOUT));
    Files.writeString(place.directory().resolve("x"), "x");
    still.set(true);
    Process hung = new ProcessBuilder("touch", place.directory() + "/y").start();
    long start = System.nanoTime();
    assertThrows(IOException.class, mount::close);
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    assertFalse(place.isMounted());
    assertTrue(millis < TIMEOUT.toMillis() + 1000, millis + " ms");
    assertTrue(hung.waitFor(5, TimeUnit.SECONDS));
    free.countDown();
  }

  /** Its attributes are read, and answered only when a name in the directory has changed. */
  @Test
  void attributesThatAreOvertakenByAChangeAreNotKept() throws Exception {
    AtomicBoolean late = new AtomicBoolean();
    CountDownLatch read = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    place.mount(
        new MemoryVfs() {
          @Override
          public CachedAttributes getAttributes(long inode, long handle)
              throws VfsException, InterruptedException {
            CachedAttributes found = super.getAttributes(inode, handle);
            if (late.get()) {
              ImpatientThread.aboutToWait();
              late.set(false);
              read.countDown();
              awaitUninterruptibly(true, free);
            }
            return found;
          }
        });
    Path directory = Files.createDirectory(place.directory().resolve("d"));
    assertEquals(2, Files.getAttribute(directory, "unix:nlink"));
    late.set(true);
    Process asking =
        new ProcessBuilder("stat", "--cached=never", "--format=%h", directory.toString()).start();
    assertTrue(read.await(10, TimeUnit.SECONDS));
    Files.createDirectory(directory.resolve("a"));
    free.countDown();
    assertEquals("2", asking.inputReader().readLine());
    assertEquals(3, Files.getAttribute(directory, "unix:nlink"));
  }

  private static void awaitUninterruptibly(boolean blocks, CountDownLatch free) {
    while (blocks && free.getCount() > 0) {
      try {
        free.await();
      } catch (InterruptedException e) {
        // stands still, as the test says
      }
    }
  }

  @Test
  void aFailureInsideIsAnErrorAndNotTheEnd() throws IOException, InterruptedException {
    AtomicBoolean broken = new AtomicBoolean(true);
    place.mount(
        new MemoryVfs() {
          @Override
          public synchronized Entry lookup(Caller caller, long parent, byte[] name)
              throws VfsException, InterruptedException {
            if (broken.get()) {
              throw new IllegalStateException("broken on purpose");
            }
            return super.lookup(caller, parent, name);
          }
        });
    Path file = place.directory().resolve("x");
    assertThrows(FileSystemException.class, () -> Files.readAttributes(file, "unix:*"));
    broken.set(false);
    Files.writeString(file, "x");
    assertEquals("x", Files.readString(file));
  }
}
