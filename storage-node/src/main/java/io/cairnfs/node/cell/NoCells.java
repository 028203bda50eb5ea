package io.cairnfs.node.cell;

import io.cairnfs.protocol.cell.CellMethods;
import io.cairnfs.protocol.cell.message.ListCellsReply;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Transport;

/**
 * A node that does not take part in cells, and says so; without the consensus algorithm in memory.
 */
public final class NoCells {

  private NoCells() {}

  /** Registers the method on a transport, before it listens. */
  public static void register(Transport transport) {
    Envelope<ListCellsReply> none = Envelope.of(ListCellsReply.getDefaultInstance());
    transport.handle(CellMethods.LIST, (caller, request, timeout) -> none);
  }
}
