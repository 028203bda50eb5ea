package io.cairnfs.client.namespace;

import java.nio.charset.StandardCharsets;

/**
 * Names of extended attributes in keys: bytes for the kernel, texts in the API. ISO 8859-1 maps
 * every byte to one character and back, so nothing is lost.
 */
final class XattrNames {

  static byte[] toBytes(String name) {
    return name.getBytes(StandardCharsets.ISO_8859_1);
  }

  static String toText(byte[] name) {
    return new String(name, StandardCharsets.ISO_8859_1);
  }

  private XattrNames() {}
}
