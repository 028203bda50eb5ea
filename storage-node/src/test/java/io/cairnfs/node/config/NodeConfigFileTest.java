package io.cairnfs.node.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.dht.record.NodeRole;
import io.cairnfs.protocol.identity.NodeId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NodeConfigFileTest {

  private static final String ID = "ab".repeat(32);

  @TempDir Path directory;

  private NodeConfig read(String toml) throws IOException {
    return NodeConfigFile.read(Files.writeString(directory.resolve("node.toml"), toml));
  }

  private String complaint(String toml) {
    return String.valueOf(assertThrows(ConfigException.class, () -> read(toml)).getMessage());
  }

  @Test
  void defaults() throws Exception {
    NodeConfig config = read("[node]\ndata = \"here\"\n");
    assertEquals(directory.resolve("here"), config.data());
    assertTrue(config.listen().getAddress().isAnyLocalAddress());
    assertEquals(7440, config.listen().getPort());
    assertEquals(List.of(), config.advertise());
    assertTrue(config.http().getAddress().isLoopbackAddress());
    assertEquals(7441, config.http().getPort());
    assertEquals("", config.zone());
    assertEquals(OptionalLong.empty(), config.capacityBytes());
    assertEquals(Set.of(NodeRole.values()), config.roles());
    assertEquals(NodeConfig.Memory.MODERATE, config.memory());
    assertEquals(List.of(), config.bootstrap());
    assertEquals(Optional.empty(), config.tokenFile());
    assertEquals(Set.of(), config.allow());
    assertEquals(
        new HeadSettings(HeadSettings.Place.CELLS, Duration.ofMinutes(10)), config.heads());
    assertEquals(new ScrubSettings(Duration.ofDays(14), 32L << 20), config.scrub());
    assertEquals(
        new RepairSettings(Duration.ofMinutes(15), Duration.ofHours(1), 0), config.repair());
    assertTrue(config.foundsCluster());
  }

  @Test
  void everyKey() throws Exception {
    NodeConfig config =
        read(
            """
            [node]
            data = "/srv/cairn"
            listen = "127.0.0.1:0"
            advertise = ["node1.example:7450", "[2001:db8::1]"]
            http = "127.0.0.1:9000"
            zone = "rack1"
            capacity = "500GiB"
            roles = ["store", "http"]
            memory = "large"
            scrub = "7d"
            scrub-budget = "100MiB"

            [cluster]
            bootstrap = ["node2.example", "node3.example:1234"]
            token-file = "secrets/token"
            allow = ["%s"]
            heads = "cells"
            voter-grace = "90s"

            [repair]
            rebuild-after = "2h"
            compare = "10m"
            rate = "50MiB"
            """
                .formatted(ID));
    assertEquals(
        new HeadSettings(HeadSettings.Place.CELLS, Duration.ofSeconds(90)), config.heads());
    assertEquals(new ScrubSettings(Duration.ofDays(7), 100L << 20), config.scrub());
    assertEquals(
        new RepairSettings(Duration.ofHours(2), Duration.ofMinutes(10), 50 << 20), config.repair());
    assertEquals(Path.of("/srv/cairn"), config.data());
    assertEquals(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), config.listen());
    assertEquals(
        List.of(
            InetSocketAddress.createUnresolved("node1.example", 7450),
            InetSocketAddress.createUnresolved("2001:db8::1", 7440)),
        config.advertise());
    assertEquals(9000, config.http().getPort());
    assertEquals("rack1", config.zone());
    assertEquals(OptionalLong.of(500L << 30), config.capacityBytes());
    assertEquals(Set.of(NodeRole.STORES_BLOCKS, NodeRole.SERVES_HTTP), config.roles());
    assertEquals(NodeConfig.Memory.LARGE, config.memory());
    assertEquals(
        List.of(
            InetSocketAddress.createUnresolved("node2.example", 7440),
            InetSocketAddress.createUnresolved("node3.example", 1234)),
        config.bootstrap());
    assertEquals(Optional.of(directory.resolve("secrets/token")), config.tokenFile());
    assertEquals(Set.of(NodeId.parse(ID)), config.allow());
    assertFalse(config.foundsCluster());
  }

  @Test
  void scrubbingCanBeOff() throws Exception {
    assertTrue(read("[node]\ndata = \"d\"\nscrub = \"off\"\n").scrub().isOff());
  }

  @Test
  void unknownKeysAreNamedWithTheirLine() {
    String complaint = complaint("[node]\ndata = \"d\"\ncapacty = \"1GiB\"\n");
    assertTrue(complaint.contains("node.capacty") && complaint.contains("line 3"), complaint);
  }

  @Test
  void wrongValuesAreNamedWithTheirLine() {
    for (String line :
        List.of(
            "listen = 7440",
            "listen = \"127.0.0.1:99999\"",
            "listen = \"::1:7440\"",
            "capacity = \"lots\"",
            "capacity = \"9999999PiB\"",
            "roles = \"store\"",
            "roles = [\"storage\"]",
            "roles = [1]",
            "scrub = \"0s\"",
            "scrub-budget = \"much\"",
            "memory = \"tiny\"")) {
      String complaint = complaint("[node]\ndata = \"d\"\n" + line + "\n");
      assertTrue(complaint.contains("line 3"), line + " -> " + complaint);
      assertTrue(complaint.contains("node." + line.substring(0, line.indexOf(' '))), complaint);
    }
  }

  @Test
  void brokenTomlIsNamedWithItsLine() {
    String complaint = complaint("[node]\ndata = \n");
    assertTrue(complaint.contains("line 2"), complaint);
  }

  @Test
  void theDataDirectoryIsNeeded() {
    assertTrue(complaint("[node]\n").contains("node.data"));
  }

  @Test
  void repairHasBounds() {
    String start = "[node]\ndata = \"d\"\n[repair]\n";
    assertTrue(complaint(start + "rebuild-after = \"0s\"\n").contains("rebuild-after"));
    assertTrue(complaint(start + "rebuild-after = \"31d\"\n").contains("30d"));
    assertTrue(complaint(start + "compare = \"0s\"\n").contains("compare"));
    assertTrue(complaint(start + "rate = \"fast\"\n").contains("repair.rate"));
  }

  @Test
  void aCapacityOfNothingIsRefused() {
    assertTrue(complaint("[node]\ndata = \"d\"\ncapacity = \"0\"\n").contains("capacity"));
  }
}
