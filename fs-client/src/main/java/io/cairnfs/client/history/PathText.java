package io.cairnfs.client.history;

import io.cairnfs.client.namespace.Name;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Names as text of one line: as they are, where they are UTF-8 without control characters and
 * backslashes; else each such byte, or each that is not ASCII, as a backslash, {@code x} and two
 * hexadecimal digits.
 */
final class PathText {

  private static final int FIRST_PRINTABLE = 0x20;
  private static final int DELETE = 0x7f;

  private PathText() {}

  static String of(Name name) {
    byte[] bytes = name.toBytes();
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (text.indexOf('\\') < 0 && text.chars().noneMatch(Character::isISOControl)) {
        return text;
      }
    } catch (CharacterCodingException e) {
      return escaped(bytes);
    }
    return escaped(bytes);
  }

  private static String escaped(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) {
      if (b < FIRST_PRINTABLE || b == DELETE || b == '\\') {
        text.append(String.format("\\x%02x", b & 0xff));
      } else {
        text.append((char) b);
      }
    }
    return text.toString();
  }
}
