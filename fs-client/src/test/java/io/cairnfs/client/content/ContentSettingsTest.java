package io.cairnfs.client.content;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ContentSettingsTest {

  @Test
  void defaults() {
    ContentSettings settings = ContentSettings.defaults(Duration.ofSeconds(30));
    long quarterOfHeap = Runtime.getRuntime().maxMemory() / 4;
    assertEquals(Math.min(256L << 20, quarterOfHeap), settings.dirtyBytes());
    assertEquals(Duration.ofSeconds(30), settings.uploadTimeout());
    assertEquals(Duration.ofSeconds(1), settings.packAge());
    assertEquals(8, settings.uploads());
    assertTrue(settings.hashThreads() >= 1);
    assertEquals(8L << 20, settings.readAheadBytes());
  }

  @Test
  void boundsArePositive() {
    ContentSettings settings = ContentSettings.defaults(Duration.ofSeconds(30));
    assertThrows(IllegalArgumentException.class, () -> settings.withDirtyBytes(0));
    assertThrows(IllegalArgumentException.class, () -> ContentSettings.defaults(Duration.ZERO));
  }
}
