package io.cairnfs.client.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.node.EmbeddedNode;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.identity.Identity;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Volumes of the embedded node, opened by a command itself or reached where it is mounted. */
@Timeout(60)
final class EmbeddedVolumesTest {

  private static final ClusterAccess EMBEDDED = new ClusterAccess(List.of(), null);

  @TempDir private Path directory;

  private ClientPaths paths() {
    return new ClientPaths(
        directory.resolve("data"), directory.resolve("none"), directory.resolve("state"));
  }

  private Cluster open() throws Exception {
    return Clusters.open(new NettyConnector(paths()), EMBEDDED);
  }

  @Test
  void areFoundByNameAndIdAfterwards() throws Exception {
    Founding photos;
    try (Cluster cluster = open()) {
      assertEquals(List.of(), new Volumes(cluster).list());
      photos = new Volumes(cluster).found(Identity.generate(), "photos", 1, null);
    }
    try (Cluster cluster = open()) {
      Volumes volumes = new Volumes(cluster);
      assertEquals(photos.volume(), volumes.find("photos").volume());
      assertEquals("photos", volumes.find(photos.volume().toString()).name());
      assertThrows(CommandException.class, () -> volumes.find("nosuch"));
    }
  }

  @Test
  void ofOneNameAreToldApartByTheirIds() throws Exception {
    try (Cluster cluster = open()) {
      Volumes volumes = new Volumes(cluster);
      Founding first = volumes.found(Identity.generate(), "same", 1, null);
      Founding second = volumes.found(Identity.generate(), "same", 1, null);
      CommandException e = assertThrows(CommandException.class, () -> volumes.find("same"));
      assertTrue(String.valueOf(e.getMessage()).contains(first.volume().toString()));
      assertTrue(String.valueOf(e.getMessage()).contains(second.volume().toString()));
    }
  }

  @Test
  void areReachedThroughTheSocketOfTheProcessThatHasTheNode() throws Exception {
    EmbeddedAccess access = new EmbeddedAccess(paths());
    try (EmbeddedNode node = access.open()) {
      CommandException refused = assertThrows(CommandException.class, access::open);
      assertTrue(
          String.valueOf(refused.getMessage())
              .contains(Long.toString(ProcessHandle.current().pid())));
      node.listen(paths().socket());
      try (Cluster cluster = open()) {
        new Volumes(cluster).found(Identity.generate(), "photos", 1, null);
      }
      try (Cluster cluster = OneNodeCluster.of(node)) {
        assertEquals(1, new Volumes(cluster).list().size());
      }
    }
  }

  @Test
  void haveNamesThatCannotBeTakenForSomethingElse() throws Exception {
    Volumes.checkName("Fotos 2024");
    for (String wrong : new String[] {"", " ", "-f", "a/b", "a\nb", "x".repeat(1025)}) {
      assertThrows(CommandException.class, () -> Volumes.checkName(wrong), wrong);
    }
  }
}
