package io.cairnfs.node.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.protocol.identity.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataDirectoryTest {

  @TempDir Path temporary;

  private Path data() {
    return temporary.resolve("data");
  }

  @Test
  void keepsItsIdentityFromOthers() throws Exception {
    NodeId first;
    try (DataDirectory directory = DataDirectory.open(data())) {
      first = directory.identity().id();
    }
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(data().resolve("identity.pem"))));
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(data())));
    try (DataDirectory directory = DataDirectory.open(data())) {
      assertEquals(first, directory.identity().id());
    }
  }

  @Test
  void isUsedByOneNodeAtATime() throws Exception {
    DataDirectory held = DataDirectory.open(data());
    IOException refused = assertThrows(IOException.class, () -> DataDirectory.open(data()));
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.contains("process " + ProcessHandle.current().pid()), message);
    held.close();
    DataDirectory.open(data()).close();
  }

  @Test
  void theFormatBeforeIsTakenOver() throws Exception {
    DataDirectory.open(data()).close();
    Files.writeString(data().resolve("format"), DataDirectory.EARLIER_FORMAT);
    DataDirectory.open(data()).close();
    assertEquals(DataDirectory.FORMAT, Files.readString(data().resolve("format")));
  }

  @Test
  void refusesAnUnknownFormatAndChangesNothing() throws Exception {
    DataDirectory.open(data()).close();
    Files.writeString(data().resolve("format"), "cairn-data 1\n");
    Map<String, String> before = contents();
    IOException refused = assertThrows(IOException.class, () -> DataDirectory.open(data()));
    assertTrue(String.valueOf(refused.getMessage()).contains("cairn-data 1"));
    assertEquals(before, contents());
  }

  @Test
  void refusesADatabaseWithoutAFormat() throws Exception {
    Files.createDirectories(data().resolve("db"));
    assertThrows(IOException.class, () -> DataDirectory.open(data()));
    assertFalse(Files.exists(data().resolve("format")));
    assertFalse(Files.exists(data().resolve("lock")));
  }

  private Map<String, String> contents() throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.list(data())) {
      for (Path file : files.toList()) {
        contents.put(
            file.getFileName() + " " + Files.getLastModifiedTime(file),
            Files.isDirectory(file) ? "" : Files.readString(file));
      }
    }
    return contents;
  }

  @Test
  void remembersWhoWasAdmitted() throws Exception {
    NodeId one = NodeId.parse("01".repeat(32));
    NodeId two = NodeId.parse("02".repeat(32));
    Path file = temporary.resolve("admitted");
    try (AdmittedFile admitted = new AdmittedFile(file)) {
      assertEquals(Set.of(), admitted.read());
      admitted.add(one);
      admitted.add(two);
    }
    try (AdmittedFile admitted = new AdmittedFile(file)) {
      assertEquals(Set.of(one, two), admitted.read());
    }
    Files.writeString(file, "nonsense\n");
    try (AdmittedFile admitted = new AdmittedFile(file)) {
      assertThrows(IOException.class, admitted::read);
    }
  }
}
