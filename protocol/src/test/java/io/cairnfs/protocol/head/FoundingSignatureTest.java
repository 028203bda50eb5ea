package io.cairnfs.protocol.head;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.protocol.head.message.FoundingRecord;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FoundingSignatureTest {

  private final KeyPair key;
  private final Founding signed;

  FoundingSignatureTest() throws GeneralSecurityException {
    key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    signed = FoundingSignature.sign(record("photos"), key.getPrivate());
  }

  @Test
  void theOwnersRecordIsAccepted() {
    assertTrue(FoundingSignature.verify(signed));
  }

  @Test
  void aChangedRecordIsForged() {
    Founding renamed =
        new Founding(
            signed.volume(),
            "other",
            signed.voters(),
            signed.replication(),
            signed.created(),
            signed.signature());
    assertFalse(FoundingSignature.verify(renamed));
  }

  @Test
  void anotherKeysRecordIsForged() throws GeneralSecurityException {
    KeyPair other = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    assertFalse(
        FoundingSignature.verify(FoundingSignature.sign(record("photos"), other.getPrivate())));
  }

  @Test
  void aSignatureOfAnotherLengthIsForged() {
    assertFalse(FoundingSignature.verify(record("photos")));
  }

  @Test
  void theRecordSurvivesItsMessage() throws Exception {
    byte[] bytes = HeadMessages.encode(signed).toByteArray();
    Founding read = HeadMessages.decode(FoundingRecord.parseFrom(bytes));
    assertEquals(signed.volume(), read.volume());
    assertEquals(signed.created(), read.created());
    assertEquals(signed.voters(), read.voters());
    assertArrayEquals(signed.signature(), read.signature());
    assertTrue(FoundingSignature.verify(read));
  }

  private Founding record(String name) {
    byte[] x509 = key.getPublic().getEncoded();
    VolumeId volume = VolumeId.of(Arrays.copyOfRange(x509, x509.length - 32, x509.length));
    NodeId voter = new NodeId(Key256.of(new byte[32]));
    return new Founding(
        volume, name, List.of(voter), 3, Instant.ofEpochSecond(1_700_000_000L, 123), new byte[0]);
  }
}
