package io.cairnfs.node.head;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.VolumeInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The heads that a node hosts, by volume. Thread-safe. */
public interface HostedHeads {

  /** The heads that a volume is among, or would be: they say themselves whether they know it. */
  Hosted of(VolumeId volume) throws HeadException;

  /**
   * Where a volume is to be founded.
   *
   * @throws HeadException {@code REFUSED} if that is not on this node
   */
  Hosted placeOf(Founding founding) throws HeadException;

  /** All of them. */
  Collection<Hosted> all();

  /** The volumes, as they are known here: of cells that another voter leads it may know more. */
  default List<VolumeInfo> list() throws HeadException {
    List<VolumeInfo> volumes = new ArrayList<>();
    for (Hosted hosted : all()) {
      HeadEngine engine = hosted.heads().engine();
      volumes.addAll(engine.peek(machine -> machine.list(engine.nowMillis())));
    }
    return volumes;
  }

  /**
   * As {@link #list}, but only the volumes after one in the order of their ids, and of each of the
   * heads no more than so many.
   *
   * @param after empty for the first
   */
  default List<VolumeInfo> list(ByteString after, int count) throws HeadException {
    List<VolumeInfo> volumes = new ArrayList<>();
    for (Hosted hosted : all()) {
      HeadEngine engine = hosted.heads().engine();
      volumes.addAll(engine.peek(machine -> machine.list(after, count, engine.nowMillis())));
    }
    return volumes;
  }

  /** The only heads of a node. */
  static HostedHeads only(Hosted hosted) {
    return new HostedHeads() {
      @Override
      public Hosted of(VolumeId volume) {
        return hosted;
      }

      @Override
      public Hosted placeOf(Founding founding) {
        return hosted;
      }

      @Override
      public Collection<Hosted> all() {
        return List.of(hosted);
      }
    };
  }
}
