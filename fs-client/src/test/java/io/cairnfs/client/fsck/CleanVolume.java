package io.cairnfs.client.fsck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cairnfs.client.testing.MemoryNodes;
import io.cairnfs.protocol.head.Head;
import io.cairnfs.protocol.head.VolumeId;
import java.util.ArrayList;
import java.util.List;

/** Asserts that a volume that nobody has mounted is whole, with every byte read. */
public final class CleanVolume {

  /**
   * @param nodes have one replica of each block
   */
  public static void check(Head head, VolumeId volume, MemoryNodes nodes) throws Exception {
    List<String> found = new ArrayList<>();
    Fsck.Listener listener =
        new Fsck.Listener() {
          @Override
          public void found(String what) {
            found.add(what);
          }

          @Override
          public void progress(long records) {}

          @Override
          public void silent(List<String> names) {
            found.addAll(names);
          }
        };
    FsckOptions options = new FsckOptions(false, false, true, "check");
    ReplicaSurvey survey = new ReplicaSurvey(nodes, nodes, 1);
    StripeSurvey stripes = new StripeSurvey(nodes, nodes, survey);
    new Fsck(head, List::of, volume, survey, stripes, nodes.client(1), options, listener).run();
    assertEquals(List.of(), found);
  }

  private CleanVolume() {}
}
