package io.cairnfs.client.fuse.protocol;

import io.cairnfs.client.fuse.linux.LibC;
import io.cairnfs.client.vfs.Caller;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One request of the kernel and the room for its answer, in native memory that is used again and
 * again. A request begins with struct fuse_in_header (40 bytes), an answer with struct
 * fuse_out_header (16). Both lie so that the data of WRITE and the answer of READ start on a page.
 * For one thread at a time.
 */
public final class Request {

  /**
   * The largest data of a WRITE and the largest answer, in bytes: 256 pages, the most that the
   * kernel carries.
   */
  public static final int MAX_DATA_BYTES = 1 << 20;

  /** Arguments of a request start here. */
  public static final int ARGUMENTS = 40;

  /** The body of an answer starts here. */
  public static final int BODY = 16;

  private static final int PAGE = 4096;
  private static final int WRITE_ARGUMENTS = 40;
  private static final int IN_OFFSET = PAGE - ARGUMENTS - WRITE_ARGUMENTS;
  private static final int OUT_OFFSET = PAGE - BODY;

  private final int capacity;
  private final MemorySegment inSegment;
  private final MemorySegment outSegment;
  private final MemorySegment errno;
  private final ByteBuffer in;
  private final ByteBuffer out;
  private final ByteBuffer data;
  private final ByteBuffer body;
  private int length;
  private int device;

  /**
   * Allocates one; its memory goes when it is garbage.
   *
   * @param capacity bytes of data or answer that it can hold
   */
  public Request(int capacity) {
    Arena arena = Arena.ofAuto();
    this.capacity = capacity;
    inSegment = arena.allocate((long) PAGE + capacity, PAGE).asSlice(IN_OFFSET);
    outSegment = arena.allocate((long) PAGE + capacity, PAGE).asSlice(OUT_OFFSET);
    errno = LibC.allocateErrno(arena);
    in = inSegment.asByteBuffer().order(ByteOrder.nativeOrder());
    out = outSegment.asByteBuffer().order(ByteOrder.nativeOrder());
    data = in.duplicate().order(ByteOrder.nativeOrder());
    body = out.duplicate().order(ByteOrder.nativeOrder());
  }

  /**
   * Waits for the next request.
   *
   * @return its length, or -errno
   */
  public int receive(int fd) {
    device = fd;
    length = (int) LibC.read(fd, inSegment, inSegment.byteSize(), errno);
    return length;
  }

  /**
   * Whether the request and its answer, if that is at most so long, would fit into a smaller one.
   */
  public boolean fits(int smaller, int answerBytes) {
    return length - ARGUMENTS <= smaller && answerBytes <= smaller;
  }

  /** Takes over another's request, which must {@link #fits fit}. */
  public void copyFrom(Request other) {
    MemorySegment.copy(other.inSegment, 0, inSegment, 0, other.length);
    length = other.length;
    device = other.device;
  }

  /** Bytes of the answer's body that there is room for. */
  public int capacity() {
    return capacity;
  }

  /** The descriptor that it came by, where its answer must go. */
  public int device() {
    return device;
  }

  /** Whether the length that the kernel wrote is the length that was read. */
  public boolean complete() {
    return length >= ARGUMENTS && in.getInt(0) == length;
  }

  public int opcode() {
    return in.getInt(4);
  }

  public long unique() {
    return in.getLong(8);
  }

  public long node() {
    return in.getLong(16);
  }

  public int pid() {
    return in.getInt(32);
  }

  public Caller caller() {
    return new Caller(in.getInt(24), in.getInt(28), in.getInt(32));
  }

  /** An unsigned 32-bit argument at an offset in the arguments. */
  public int int32(int offset) {
    checkArgument(offset, Integer.BYTES);
    return in.getInt(ARGUMENTS + offset);
  }

  /** A 64-bit argument. */
  public long int64(int offset) {
    checkArgument(offset, Long.BYTES);
    return in.getLong(ARGUMENTS + offset);
  }

  /** Bytes up to, and without, the next NUL. */
  public byte[] name(int offset) {
    int start = ARGUMENTS + offset;
    int end = start;
    while (end < length && in.get(end) != 0) {
      end++;
    }
    return bytes(offset, end - start);
  }

  public byte[] bytes(int offset, int size) {
    checkArgument(offset, size);
    byte[] bytes = new byte[size];
    in.get(ARGUMENTS + offset, bytes);
    return bytes;
  }

  /** The arguments from {@code offset} on, as a view that is valid until the answer. */
  public ByteBuffer data(int offset, int size) {
    checkArgument(offset, size);
    return data.limit(ARGUMENTS + offset + size).position(ARGUMENTS + offset);
  }

  private void checkArgument(int offset, int size) {
    if (size < 0 || ARGUMENTS + offset + size > length) {
      throw new IllegalArgumentException(
          "request " + opcode() + " of " + length + " bytes is too short");
    }
  }

  /** The answer, to be written at absolute positions from {@link #BODY} on. */
  public ByteBuffer out() {
    return out;
  }

  /** The body of the answer, as a view of at most {@code size} bytes. */
  public ByteBuffer body(int size) {
    return body.limit(BODY + Math.min(size, capacity)).position(BODY);
  }

  /** Sends an answer whose body of {@code bodyLength} bytes is in {@link #out}; 0, or -errno. */
  public int answer(int bodyLength) {
    return send(BODY + bodyLength, 0);
  }

  /** Sends a failure; 0, or -errno. */
  public int fail(int failure) {
    return send(BODY, -failure);
  }

  private int send(int size, int error) {
    out.putInt(0, size).putInt(4, error).putLong(8, unique());
    return (int) Math.min(0, LibC.write(device, outSegment, size, errno));
  }
}
