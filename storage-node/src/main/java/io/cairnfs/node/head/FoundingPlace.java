package io.cairnfs.node.head;

import io.cairnfs.protocol.cell.CellId;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.identity.NodeId;
import java.util.List;

/** Which volumes belong where these heads are, by what their owners signed. */
@FunctionalInterface
public interface FoundingPlace {

  boolean isFor(Founding founding);

  /** A node that is the only voter. */
  static FoundingPlace of(NodeId node) {
    return founding -> founding.cell() == null && founding.voters().equals(List.of(node));
  }

  static FoundingPlace of(CellId cell) {
    return founding -> cell.equals(founding.cell());
  }

  /**
   * @throws HeadException {@code REFUSED} for a volume that belongs elsewhere
   */
  default void require(Founding founding) throws HeadException {
    if (!isFor(founding)) {
      throw new HeadException(Reason.REFUSED, "the volume is to be founded elsewhere");
    }
  }
}
