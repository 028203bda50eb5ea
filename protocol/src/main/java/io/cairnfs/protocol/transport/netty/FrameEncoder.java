package io.cairnfs.protocol.transport.netty;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.cairnfs.protocol.transport.Limits;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.message.FailureHeader;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Encodes the prelude and header of a frame; bodies follow as they are. */
final class FrameEncoder {

  private static final int ID_OFFSET = 4;
  private static final int HEADER_LENGTH_OFFSET = 8;
  private static final int BODIES_LENGTH_OFFSET = 12;

  private FrameEncoder() {}

  /**
   * @param header null for a frame without one
   */
  static byte[] encode(FrameKind kind, int id, @Nullable MessageLite header, List<byte[]> bodies) {
    int headerBytes = header == null ? 0 : header.getSerializedSize();
    byte[] head = new byte[FrameKind.PRELUDE_BYTES + headerBytes];
    head[0] = (byte) kind.number;
    setId(head, id);
    putInt(head, HEADER_LENGTH_OFFSET, headerBytes);
    putInt(head, BODIES_LENGTH_OFFSET, (int) Limits.bytesOf(bodies));
    if (header != null) {
      try {
        header.writeTo(CodedOutputStream.newInstance(head, FrameKind.PRELUDE_BYTES, headerBytes));
      } catch (IOException e) {
        throw new AssertionError("a header fits the size that it told", e);
      }
    }
    return head;
  }

  static byte[] failure(int id, WireError error, String detail) {
    String line =
        detail.length() <= Limits.MAX_DETAIL_LENGTH
            ? detail
            : detail.substring(0, Limits.MAX_DETAIL_LENGTH);
    return encode(
        FrameKind.FAILURE,
        id,
        FailureHeader.newBuilder().setError(error.number()).setDetail(line).build(),
        List.of());
  }

  static void setId(byte[] head, int id) {
    putInt(head, ID_OFFSET, id);
  }

  private static void putInt(byte[] bytes, int offset, int value) {
    bytes[offset] = (byte) (value >>> 24);
    bytes[offset + 1] = (byte) (value >>> 16);
    bytes[offset + 2] = (byte) (value >>> 8);
    bytes[offset + 3] = (byte) value;
  }
}
