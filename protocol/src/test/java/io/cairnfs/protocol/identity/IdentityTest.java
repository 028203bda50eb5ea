package io.cairnfs.protocol.identity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IdentityTest {

  @TempDir Path directory;

  /** Test 2 of RFC 8032, section 7.1, as PKCS #8 of RFC 8410. */
  @Test
  void signsAsTheRfcSays() {
    byte[] pkcs8 =
        HexFormat.of()
            .parseHex(
                "302e020100300506032b657004220420"
                    + "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    Identity identity =
        Identity.parse(
            "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getEncoder().encodeToString(pkcs8)
                + "\n-----END PRIVATE KEY-----\n");
    assertEquals(
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        HexFormat.of().formatHex(identity.publicKey()));
    assertEquals(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        HexFormat.of().formatHex(identity.sign(new byte[] {0x72})));
  }

  @Test
  void onlyTheRightSignatureVerifies() {
    Identity identity = Identity.generate();
    byte[] message = "a message".getBytes(UTF_8);
    byte[] signature = identity.sign(message);
    assertTrue(Ed25519.verify(identity.publicKey(), message, signature));
    assertFalse(Ed25519.verify(Identity.generate().publicKey(), message, signature));
    assertFalse(Ed25519.verify(identity.publicKey(), "another".getBytes(UTF_8), signature));
    signature[3] ^= 1;
    assertFalse(Ed25519.verify(identity.publicKey(), message, signature));
    assertFalse(Ed25519.verify(identity.publicKey(), message, new byte[3]));
    assertFalse(Ed25519.verify(new byte[31], message, signature));
  }

  /** Of a key of small order anything may be a signature; of a point off the curve nothing is. */
  @Test
  void keysThatNobodyCanHaveVerifyNothing() {
    byte[] message = "a message".getBytes(UTF_8);
    byte[] neutral = new byte[Ed25519.PUBLIC_KEY_BYTES];
    neutral[0] = 1;
    byte[] signature = new byte[Ed25519.SIGNATURE_BYTES];
    signature[0] = 1;
    assertFalse(Ed25519.verify(neutral, message, signature));
    byte[] offCurve = new byte[Ed25519.PUBLIC_KEY_BYTES];
    offCurve[0] = 2;
    assertFalse(Ed25519.verify(offCurve, message, signature));
    byte[] beyondTheField = new byte[Ed25519.PUBLIC_KEY_BYTES];
    Arrays.fill(beyondTheField, (byte) 0xff);
    assertFalse(Ed25519.verify(beyondTheField, message, signature));
  }

  /** The same signature plus the order of the group would be a second one. */
  @Test
  void aSignatureHasOneForm() {
    Identity identity = Identity.generate();
    byte[] message = "a message".getBytes(UTF_8);
    byte[] signature = identity.sign(message);
    byte[] order =
        HexFormat.of().parseHex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    int carry = 0;
    for (int i = 0; i < order.length; i++) {
      carry += (signature[order.length + i] & 0xff) + (order[i] & 0xff);
      signature[order.length + i] = (byte) carry;
      carry >>= Byte.SIZE;
    }
    assertFalse(Ed25519.verify(identity.publicKey(), message, signature));
  }

  @Test
  void filesAreTheOwnersAndReadBack() throws IOException {
    Identity identity = Identity.generate();
    Path file = directory.resolve("identity.pem");
    identity.save(file);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    Identity loaded = Identity.load(file);
    assertEquals(identity.id(), loaded.id());
    assertArrayEquals(identity.publicKey(), loaded.publicKey());
    try (var files = Files.list(directory)) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void aKeyIsNeverOverwritten() throws IOException {
    Path file = directory.resolve("identity.pem");
    Identity first = Identity.generate();
    first.save(file);
    assertThrows(FileAlreadyExistsException.class, () -> Identity.generate().save(file));
    assertEquals(first.id(), Identity.load(file).id());
  }

  @Test
  void aFileThatOthersCanReadIsRefused() throws IOException {
    Path file = directory.resolve("identity.pem");
    Identity.generate().save(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    String message =
        String.valueOf(assertThrows(IOException.class, () -> Identity.load(file)).getMessage());
    assertTrue(message.contains("chmod 600 " + file), message);
  }

  @Test
  void whatIsNoKeyIsRefused() throws IOException {
    for (String text :
        new String[] {
          "",
          "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----",
          "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
          "hello"
        }) {
      Path file = directory.resolve("bad");
      SecretFile.create(file, text);
      assertThrows(IOException.class, () -> Identity.load(file), text);
      Files.delete(file);
    }
  }

  @Test
  void textHidesTheKey() {
    Identity identity = Identity.generate();
    assertEquals(identity.id().toString(), identity.toString());
  }
}
