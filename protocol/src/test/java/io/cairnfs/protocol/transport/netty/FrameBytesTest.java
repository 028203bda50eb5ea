package io.cairnfs.protocol.transport.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.message.Hello;
import io.cairnfs.protocol.transport.message.RequestHeader;
import io.cairnfs.protocol.transport.message.ResponseHeader;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bytes on the wire, for ever. */
final class FrameBytesTest {

  @Test
  void helloIsPinned() {
    Hello hello =
        Hello.newBuilder()
            .setMinVersion(1)
            .setMaxVersion(2)
            .setProof(ByteString.fromHex("aabb"))
            .setNodeId(ByteString.fromHex("cc"))
            .setRequestWindowBytes(8 << 20)
            .build();
    assertPinned(
        "01000000" // kind 1, padding
            + "00000000" // no request
            + "00000010" // header of 16 bytes
            + "00000000" // no bodies
            + "0801" // lowest version 1
            + "1002" // highest version 2
            + "1a02aabb" // proof
            + "2201cc" // node id
            + "2880808004", // window of 8 MiB
        FrameEncoder.encode(FrameKind.HELLO, 0, hello, List.of()));
  }

  @Test
  void requestIsPinned() {
    RequestHeader header =
        RequestHeader.newBuilder()
            .setMethod(200)
            .setTimeoutMillis(1000)
            .setMessage(ByteString.fromHex("0102"))
            .addBodyLength(3)
            .addBodyLength(300)
            .build();
    assertPinned(
        "02000000" // kind 2
            + "01020304" // request id
            + "0000000f" // header of 15 bytes
            + "0000012f" // bodies of 303 bytes
            + "08c801" // method 200
            + "10e807" // 1000 ms
            + "1a020102" // message
            + "220303ac02", // lengths of the bodies
        FrameEncoder.encode(
            FrameKind.REQUEST, 0x01020304, header, List.of(new byte[3], new byte[300])));
  }

  @Test
  void responseIsPinned() {
    ResponseHeader header =
        ResponseHeader.newBuilder().setMessage(ByteString.fromHex("07")).addBodyLength(1).build();
    assertPinned(
        "03000000" + "00000009" + "00000006" + "00000001" + "0a0107" + "120101",
        FrameEncoder.encode(FrameKind.RESPONSE, 9, header, List.of(new byte[1])));
  }

  @Test
  void failureIsPinned() {
    assertPinned(
        "04000000" + "00000005" + "00000006" + "00000000" + "0807" + "12026e6f",
        FrameEncoder.failure(5, WireError.BUSY, "no"));
  }

  @Test
  void framesWithoutAHeaderArePinned() {
    assertPinned(
        "05000000000000070000000000000000",
        FrameEncoder.encode(FrameKind.CANCEL, 7, null, List.of()));
    assertPinned(
        "06000000000000000000000000000000",
        FrameEncoder.encode(FrameKind.PING, 0, null, List.of()));
    assertPinned(
        "07000000000000000000000000000000",
        FrameEncoder.encode(FrameKind.PONG, 0, null, List.of()));
  }

  private static void assertPinned(String hex, byte[] bytes) {
    assertEquals(hex, HexFormat.of().formatHex(bytes));
  }
}
