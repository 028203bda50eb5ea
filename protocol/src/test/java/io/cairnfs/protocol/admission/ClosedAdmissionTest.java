package io.cairnfs.protocol.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClosedAdmissionTest {

  private final NodeId node = Identity.generate().id();
  private final NodeId peer = Identity.generate().id();
  private final NodeId stranger = Identity.generate().id();
  private final JoinToken token = JoinToken.generate();
  private final List<NodeId> kept = new ArrayList<>();

  @TempDir Path directory;

  @Test
  void theListAdmitsWithoutAProof() {
    Admission admission = new ClosedAdmission(node, Set.of(peer), null, kept::add);
    assertTrue(admission.admits(peer, new byte[0]));
    assertFalse(admission.admits(stranger, new byte[0]));
    assertEquals(List.of(), kept);
    assertEquals(0, admission.proofFor(peer).length);
  }

  @Test
  void theTokenAdmitsOnceAndForAll() {
    Admission admission = new ClosedAdmission(node, Set.of(), token, kept::add);
    byte[] proof = new ClosedAdmission(peer, Set.of(), token, id -> {}).proofFor(node);
    assertTrue(admission.admits(peer, proof));
    assertTrue(admission.admits(peer, new byte[0]));
    assertEquals(List.of(peer), kept);
  }

  @Test
  void aProofIsWorthNothingToOthers() {
    Admission admission = new ClosedAdmission(node, Set.of(), token, kept::add);
    byte[] proof = new ClosedAdmission(peer, Set.of(), token, id -> {}).proofFor(node);
    assertFalse(admission.admits(stranger, proof));
    assertFalse(admission.admits(peer, token.prove(node, peer)));
    assertFalse(admission.admits(peer, JoinToken.generate().prove(peer, node)));
    assertFalse(admission.admits(peer, new byte[0]));
    assertEquals(List.of(), kept);
  }

  @Test
  void tokensReadBack() throws IOException {
    Path file = directory.resolve("token");
    token.save(file);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(token.toText(), JoinToken.load(file).toText());
    assertEquals(52, token.toText().length());
    assertThrows(IllegalArgumentException.class, () -> JoinToken.parse("abc"));
    assertFalse(token.toString().contains(token.toText()));
  }
}
