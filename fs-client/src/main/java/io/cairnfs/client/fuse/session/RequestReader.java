package io.cairnfs.client.fuse.session;

import io.cairnfs.client.fuse.linux.Errno;
import io.cairnfs.client.fuse.linux.LibC;
import io.cairnfs.client.fuse.protocol.Opcode;
import io.cairnfs.client.fuse.protocol.Request;
import io.cairnfs.client.wait.WouldBlockException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop of one impatient thread: reads a request, carries it out from memory and answers, or
 * parks it if it would wait. Ends when the kernel has unmounted, or says something that nothing can
 * follow.
 */
final class RequestReader implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(RequestReader.class);

  private final int device;
  private final Dispatcher dispatcher;
  private final ParkingLot parking;
  private final Interrupts interrupts;

  RequestReader(int device, Dispatcher dispatcher, ParkingLot parking, Interrupts interrupts) {
    this.device = device;
    this.dispatcher = dispatcher;
    this.parking = parking;
    this.interrupts = interrupts;
  }

  @Override
  public void run() {
    Request request = new Request(Request.MAX_DATA_BYTES);
    while (true) {
      int length = request.receive(device);
      if (length >= 0) {
        request = serve(request);
      } else if (isOver(-length)) {
        return;
      }
    }
  }

  /**
   * EINTR and EAGAIN say nothing; ENOENT says that the request was withdrawn while it was being
   * read.
   */
  private static boolean isOver(int errno) {
    return switch (errno) {
      case Errno.EINTR, Errno.EAGAIN, Errno.ENOENT -> false;
      case Errno.ENODEV, Errno.ECONNABORTED -> true;
      default -> {
        LOG.error("reading /dev/fuse failed: {}; the mount ends", LibC.describe(errno));
        yield true;
      }
    };
  }

  /** Returns what to read the next request into. */
  private Request serve(Request request) {
    if (request.opcode() == Opcode.INTERRUPT) {
      interrupts.handle(request);
      return request;
    }
    if (Dispatcher.alwaysWaits(request.opcode())) {
      return parking.park(request);
    }
    try {
      answer(request, dispatcher.handle(request));
      return request;
    } catch (WouldBlockException e) {
      return parking.park(request);
    }
  }

  static void answer(Request request, int result) {
    if (result == Dispatcher.NO_ANSWER) {
      return;
    }
    int sent = result >= 0 ? request.answer(result) : request.fail(-result);
    // ENOENT: the kernel gave the request up; ENODEV: it was unmounted
    if (sent < 0 && sent != -Errno.ENOENT && sent != -Errno.ENODEV) {
      LOG.error(
          "answering request {} ({} bytes) failed: {}",
          request.opcode(),
          result,
          LibC.describe(-sent));
      request.fail(Errno.EIO);
    }
  }
}
