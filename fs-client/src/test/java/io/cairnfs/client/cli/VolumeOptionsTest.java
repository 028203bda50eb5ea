package io.cairnfs.client.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.mount.Binding;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class VolumeOptionsTest {

  @Test
  void theyStandAnywhereAmongOthers() {
    assertEquals(
        new VolumeOptions(
            List.of("one:7440", "two:7440"),
            Path.of("/etc/token"),
            "a/b",
            null,
            Binding.JNR,
            "ro,_netdev,timeout=3"),
        VolumeOptions.parse(
            List.of(
                "ro,node=one:7440,binding=jnr,_netdev",
                "token_file=/etc/token,node=two:7440,subdir=a/b,timeout=3")));
  }

  @Test
  void aSnapshotIsReadOnlyWhateverElseIsSaid() {
    VolumeOptions options = VolumeOptions.parse(List.of("snapshot=monday,rw"));
    assertEquals("monday", options.snapshot());
    assertEquals("rw,ro", options.others());
    assertThrows(
        IllegalArgumentException.class, () -> VolumeOptions.parse(List.of("snapshot=a/b")));
  }

  @Test
  void noneIsNone() {
    assertEquals(
        new VolumeOptions(List.of(), null, "", null, Binding.KERNEL, ""),
        VolumeOptions.parse(List.of()));
  }

  @Test
  void anUnknownBindingIsNamed() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> VolumeOptions.parse(List.of("ro,binding=libfuse3")));
    assertTrue(String.valueOf(refused.getMessage()).contains("binding=libfuse3"));
  }
}
