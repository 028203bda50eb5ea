package io.cairnfs.protocol.transport.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.message.RequestHeader;
import io.cairnfs.protocol.transport.message.ResponseHeader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/protocol.md says in numbers is what the code does. */
final class ProtocolPageTest {

  private static final int ID = 0x01020304;

  private final String page = Files.readString(Path.of("..", "docs", "protocol.md"));

  ProtocolPageTest() throws IOException {}

  private List<String> rows(String pattern) {
    return Pattern.compile(pattern, Pattern.MULTILINE)
        .matcher(page)
        .results()
        .map(ProtocolPageTest::joinGroups)
        .toList();
  }

  private static String joinGroups(MatchResult match) {
    return Stream.of(1, 2, 3)
        .limit(match.groupCount())
        .map(match::group)
        .collect(Collectors.joining(" "));
  }

  @Test
  void errorsAreListed() {
    assertEquals(
        Stream.of(WireError.values())
            .map(error -> error.number() + " " + error + " " + (error.isTransient() ? "yes" : "no"))
            .toList(),
        rows("^\\| (\\d+) \\| (\\w+) \\| (yes|no) \\|$"));
  }

  @Test
  void kindsAreListed() {
    assertEquals(
        Stream.of(FrameKind.values())
            .map(kind -> kind.number + " " + kind + " " + (kind.maxBodiesBytes > 0 ? "yes" : "no"))
            .toList(),
        rows("^\\| (\\d+) \\| (\\w+) \\| .* \\| (yes|no) \\|$"));
  }

  @Test
  void framesLookAsShown() {
    RequestHeader request =
        RequestHeader.newBuilder()
            .setMethod(200)
            .setTimeoutMillis(1000)
            .setMessage(ByteString.fromHex("0102"))
            .addBodyLength(3)
            .addBodyLength(300)
            .build();
    ResponseHeader response =
        ResponseHeader.newBuilder().setMessage(ByteString.fromHex("07")).addBodyLength(1).build();
    String shown =
        String.join("", rows("^((?:[0-9a-f]{4,} *)+)(?:  [a-z0-9].*)?$")).replace(" ", "");
    assertEquals(
        hex(
                FrameEncoder.encode(
                    FrameKind.REQUEST, ID, request, List.of(new byte[3], new byte[300])))
            + hex(FrameEncoder.encode(FrameKind.RESPONSE, ID, response, List.of(new byte[1])))
            + hex(FrameEncoder.failure(ID, WireError.BUSY, "no")),
        shown);
    assertTrue(page.contains("a prelude of " + FrameKind.PRELUDE_BYTES + " bytes"));
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
