package io.cairnfs.client.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PlacementSettingsTest {

  @Test
  void defaults() {
    PlacementSettings three = PlacementSettings.of(3);
    assertEquals(2, three.writeAcks());
    assertEquals(Duration.ofMillis(1500), three.readTimeout());
    assertEquals(Duration.ofMillis(250), three.readHedge());
    assertEquals(Duration.ofSeconds(10), three.writeTimeout());
    assertEquals(Duration.ofMillis(1500), three.writeHedge());
    assertEquals(64 << 20, three.lingerBytes());
    assertEquals(1, PlacementSettings.of(1).writeAcks());
  }

  @Test
  void moreAcksThanReplicasAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> PlacementSettings.of(3).withWriteAcks(4));
  }
}
