package io.cairnfs.client.fuse.session;

import io.cairnfs.client.fuse.linux.Errno;
import io.cairnfs.client.fuse.linux.LibC;
import io.cairnfs.client.fuse.linux.SystemCallException;
import io.cairnfs.client.fuse.mounting.MountOptions;
import io.cairnfs.client.fuse.mounting.ServedMount;
import io.cairnfs.client.fuse.protocol.Negotiation;
import io.cairnfs.client.fuse.protocol.Opcode;
import io.cairnfs.client.fuse.protocol.Request;
import io.cairnfs.client.vfs.Vfs;
import io.cairnfs.client.wait.ImpatientThread;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one connection to the kernel, from INIT until the kernel ends it. The readers work inline
 * and never wait; what waits is parked on virtual threads. Thread-safe.
 */
public final class FuseSession implements ServedMount.Connection {

  private static final Logger LOG = LoggerFactory.getLogger(FuseSession.class);
  private static final String DEVICE = "/dev/fuse";
  private static final long FUSE_DEV_IOC_CLONE = 0x8004e500L;
  private static final Duration PARKED_POLL = Duration.ofMillis(10);
  private static final Duration HELPER_STOP =
      Duration.ofMillis(500); // more than the watchdog's period

  private final int[] devices;
  private final Negotiation negotiation;
  private final ParkingLot parking;
  private final Watchdog watchdog;
  private final Interrupts interrupts;
  private final List<Thread> readers;
  private final List<Thread> helpers;
  private final CountDownLatch readersLeft;
  private final NoticeSender notices;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * Answers INIT.
   *
   * @param device descriptor of a mounted /dev/fuse; it is closed with the session
   * @throws IOException if the kernel's version is too old, or it does not speak
   */
  public FuseSession(int device, Vfs vfs, MountOptions options) throws IOException {
    int readerCount = options.readerThreads();
    negotiation = negotiate(device, options);
    devices = cloneDevice(device, readerCount);
    notices = new NoticeSender(device);
    Dispatcher dispatcher =
        new Dispatcher(vfs, notices, negotiation.hasLongSetXattr(), new ErrorLog());
    parking = new ParkingLot(dispatcher, options.timeout());
    watchdog = new Watchdog(parking);
    readersLeft = new CountDownLatch(readerCount);
    interrupts = new Interrupts(parking, devices);
    readers = new ArrayList<>();
    for (int i = 0; i < readerCount; i++) {
      RequestReader reader = new RequestReader(devices[i], dispatcher, parking, interrupts);
      readers.add(new ImpatientThread(() -> runReader(reader), "fuse-reader-" + i));
    }
    helpers = List.of(new Thread(watchdog, "fuse-watchdog"), new Thread(notices, "fuse-notices"));
  }

  /** Begins to serve requests. */
  public void start() {
    readers.forEach(FuseSession::startDaemon);
    helpers.forEach(FuseSession::startDaemon);
  }

  private static void startDaemon(Thread thread) {
    thread.setDaemon(true);
    thread.start();
  }

  private void runReader(RequestReader reader) {
    try {
      reader.run();
    } catch (RuntimeException | Error e) {
      LOG.error("a reader of /dev/fuse died", e);
      throw e;
    } finally {
      readersLeft.countDown();
    }
  }

  private static Negotiation negotiate(int device, MountOptions options) throws IOException {
    Request request = new Request(Request.MAX_DATA_BYTES);
    while (true) {
      int length = request.receive(device);
      if (length < 0) {
        throw new SystemCallException("reading the first request of /dev/fuse", -length);
      }
      if (request.opcode() != Opcode.INIT) {
        throw new IOException("the kernel began with request " + request.opcode());
      }
      if (Negotiation.major(request) > Negotiation.MAJOR) {
        // say which version is spoken here; the kernel comes back with it
        request.out().putInt(Request.BODY, Negotiation.MAJOR).putInt(Request.BODY + 4, 0);
        request.answer(Negotiation.INIT_OUT_BYTES);
        continue;
      }
      Negotiation negotiation =
          Negotiation.with(request, !options.localLocks(), options.defaultPermissions());
      if (negotiation.minor() < Negotiation.OLDEST_MINOR) {
        request.fail(Errno.EPROTO);
        throw new IOException(
            "the kernel speaks FUSE 7."
                + negotiation.minor()
                + ", but 7."
                + Negotiation.OLDEST_MINOR
                + " (Linux 5.4) is needed: use a newer kernel");
      }
      LibC.check(request.answer(negotiation.put(request.out(), Request.BODY)), "answering INIT");
      return negotiation;
    }
  }

  /**
   * A queue of its own for each reader where the kernel allows it; a user may not open /dev/fuse.
   */
  private static int[] cloneDevice(int device, int count) {
    int[] devices = new int[count];
    devices[0] = device;
    for (int i = 1; i < count; i++) {
      devices[i] = device;
      int clone = LibC.open(DEVICE, LibC.O_RDWR | LibC.O_CLOEXEC);
      if (clone < 0) {
        continue;
      }
      if (LibC.ioctl(clone, FUSE_DEV_IOC_CLONE, device) < 0) {
        LibC.close(clone);
      } else {
        devices[i] = clone;
      }
    }
    return devices;
  }

  public Negotiation negotiation() {
    return negotiation;
  }

  public NoticeSender notices() {
    return notices;
  }

  @Override
  public boolean awaitEnd(Duration timeout) throws InterruptedException {
    return readersLeft.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void awaitEnd() throws InterruptedException {
    readersLeft.await();
  }

  /** Also closes the descriptors. */
  @Override
  public void close(Duration timeout) throws InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    while (!parking.all().isEmpty() && System.nanoTime() < end) {
      Thread.sleep(PARKED_POLL);
    }
    parking.all().forEach(ParkedRequest::interrupt);
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    watchdog.stop();
    notices.stop();
    interrupts.stop();
    boolean idle = readersLeft.getCount() == 0 && parking.all().isEmpty();
    for (Thread helper : helpers) {
      LockSupport.unpark(helper);
      idle &= helper.join(HELPER_STOP);
    }
    if (idle) {
      for (int i = 0; i < devices.length; i++) {
        if (i == 0 || devices[i] != devices[0]) {
          LibC.close(devices[i]);
        }
      }
    } // else their numbers must not be given to other files while a thread still uses them
  }
}
