package io.cairnfs.client.fuse.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.fuse.linux.LibC;
import io.cairnfs.client.vfs.Caller;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file stands for /dev/fuse: it holds the request, and answers are written behind it. */
class RequestTest {

  private static final String HEADER =
      "0e00000002000000" // opcode OPEN, unique ...
          + "00000000" // ... of 2
          + "0300000000000000" // node
          + "e8030000 e9030000 ea030000" // uid, gid, pid
          + "0000 0000"; // no extensions

  @TempDir Path temporary;

  private int device = -1;

  @AfterEach
  void closeDevice() {
    if (device >= 0) {
      LibC.close(device);
    }
  }

  private Request receive(String hexAfterLength) throws IOException {
    byte[] rest = HexFormat.of().parseHex(hexAfterLength.replace(" ", ""));
    byte[] message = new byte[rest.length + 4];
    message[0] = (byte) message.length;
    System.arraycopy(rest, 0, message, 4, rest.length);
    Path file = Files.write(temporary.resolve("device"), message);
    device = LibC.open(file.toString(), LibC.O_RDWR);
    Request request = new Request(16 * 1024);
    assertEquals(message.length, request.receive(device));
    return request;
  }

  private String answered(Request request, int length) throws IOException {
    byte[] all = Files.readAllBytes(temporary.resolve("device"));
    assertTrue(request.complete());
    return HexFormat.of().formatHex(Arrays.copyOfRange(all, all.length - length, all.length));
  }

  @Test
  void theHeaderIsRead() throws IOException {
    Request request = receive(HEADER + "01020304 05060708 61620063");
    assertTrue(request.complete());
    assertEquals(Opcode.OPEN, request.opcode());
    assertEquals(2, request.unique());
    assertEquals(3, request.node());
    assertEquals(new Caller(1000, 1001, 1002), request.caller());
    assertEquals(0x04030201, request.int32(0));
    assertEquals(0x0807060504030201L, request.int64(0));
    assertArrayEquals("ab".getBytes(UTF_8), request.name(8));
    assertArrayEquals("c".getBytes(UTF_8), request.name(11)); // the end is an end, too
    assertEquals('a', request.data(8, 4).get());
    assertThrows(IllegalArgumentException.class, () -> request.int64(8));
    assertThrows(IllegalArgumentException.class, () -> request.bytes(0, -1));
  }

  @Test
  void aWrongLengthIsSeen() throws IOException {
    Request request = receive(HEADER);
    assertTrue(request.complete());
    Files.write(temporary.resolve("device"), HexFormat.of().parseHex("ff000000"));
    LibC.close(device);
    device = LibC.open(temporary.resolve("device").toString(), LibC.O_RDWR);
    assertEquals(4, request.receive(device));
    assertFalse(request.complete());
  }

  @Test
  void answersAreFramed() throws IOException {
    Request request = receive(HEADER);
    request.out().putInt(Request.BODY, 0x11223344);
    assertEquals(0, request.answer(4));
    assertEquals(
        "14000000 00000000 0200000000000000 44332211".replace(" ", ""), answered(request, 20));
    assertEquals(0, request.fail(5));
    assertEquals("10000000 fbffffff 0200000000000000".replace(" ", ""), answered(request, 16));
  }

  @Test
  void aRequestMovesIntoASmallerBuffer() throws IOException {
    Request request = receive(HEADER + "0102030405060708");
    assertTrue(request.fits(8, 8));
    assertFalse(request.fits(7, 8));
    assertFalse(request.fits(8, 9));
    Request small = new Request(8);
    small.copyFrom(request);
    assertEquals(request.unique(), small.unique());
    assertEquals(request.int64(0), small.int64(0));
    assertEquals(device, small.device());
    assertEquals(8, small.body(100).remaining());
  }

  @Test
  void initIsAnsweredWithWhatBothCan() throws IOException {
    String init = HEADER.replaceFirst("0e", "1a");
    // 7.99; read-ahead 128 KiB; all flags, with INIT_EXT; all wide flags
    Request request = receive(init + "07000000 63000000 00000200 ffffffff ffffffff");
    assertEquals(7, Negotiation.major(request));
    Negotiation agreed = Negotiation.with(request, false, true);
    assertEquals(Negotiation.NEWEST_MINOR, agreed.minor());
    assertTrue(agreed.hasEpoch());
    assertEquals(0, agreed.flags() & Negotiation.POSIX_LOCKS);
    assertTrue((Negotiation.with(request, true, true).flags() & Negotiation.POSIX_LOCKS) != 0);
    assertEquals(0, request.answer(agreed.put(request.out(), Request.BODY)));
    assertEquals(
        ("07000000 2d000000 00000200" // 7.45, read-ahead
                + "71e0d470" // flags
                + "4000 3000 00001000" // background, congestion, max_write
                + "01000000 0001 0000" // granularity, pages, map alignment
                + "10000000 00000000" // wide flags, stack depth
                + "0000 000000000000 0000000000000000 0000000000000000") // timeout, unused
            .replace(" ", ""),
        answered(request, Negotiation.INIT_OUT_BYTES));
  }

  @Test
  void anOldKernelGetsOnlyWhatItOffers() throws IOException {
    String init = HEADER.replaceFirst("0e", "1a");
    Request request = receive(init + "07000000 1f000000 00000200 01000000");
    Negotiation agreed = Negotiation.with(request, true, true);
    assertEquals(new Negotiation(31, 1, 131072), agreed);
    assertFalse(agreed.hasEpoch());
  }
}
