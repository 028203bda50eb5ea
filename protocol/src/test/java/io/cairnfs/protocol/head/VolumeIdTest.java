package io.cairnfs.protocol.head;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VolumeIdTest {

  /** The example key of libp2p's peer id specification. */
  @Test
  void textIsTheIpnsName() {
    VolumeId id =
        VolumeId.of(
            HexFormat.of()
                .parseHex("1ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e"));
    String name = id.toString();
    assertEquals("k51qzi5uqu5dgy8qsq67hbz73jqkw87l3fgf4a91qb0d9b5173tir7n4vxk1oe", name);
    assertEquals(id, VolumeId.parse(name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bafkqaaa",
        "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e",
        "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn",
        "bafzaaaa",
        "",
      })
  void otherCidsAreRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> VolumeId.parse(text));
  }
}
