package io.cairnfs.protocol.cell;

import io.cairnfs.protocol.cell.message.ConfirmReply;
import io.cairnfs.protocol.cell.message.ConfirmRequest;
import io.cairnfs.protocol.cell.message.ConsensusMessage;
import io.cairnfs.protocol.cell.message.FoundCellReply;
import io.cairnfs.protocol.cell.message.FoundCellRequest;
import io.cairnfs.protocol.cell.message.JoinReply;
import io.cairnfs.protocol.cell.message.JoinRequest;
import io.cairnfs.protocol.cell.message.ListCellsReply;
import io.cairnfs.protocol.cell.message.ListCellsRequest;
import io.cairnfs.protocol.transport.Method;

/** The methods of cells: numbers 500 to 599. */
public final class CellMethods {

  public static final Method<ConsensusMessage, ConsensusMessage> REQUEST_VOTE =
      consensus(500, "cell.vote");

  public static final Method<ConsensusMessage, ConsensusMessage> APPEND_ENTRIES =
      consensus(501, "cell.append");

  public static final Method<ConsensusMessage, ConsensusMessage> INSTALL_SNAPSHOT =
      consensus(502, "cell.snapshot");

  public static final Method<ConsensusMessage, ConsensusMessage> START_ELECTION =
      consensus(503, "cell.elect");

  public static final Method<JoinRequest, JoinReply> JOIN =
      new Method<>(510, "cell.join", JoinRequest.parser(), JoinReply.parser());

  public static final Method<ConfirmRequest, ConfirmReply> CONFIRM =
      new Method<>(511, "cell.confirm", ConfirmRequest.parser(), ConfirmReply.parser());

  public static final Method<ListCellsRequest, ListCellsReply> LIST =
      new Method<>(512, "cell.list", ListCellsRequest.parser(), ListCellsReply.parser());

  public static final Method<FoundCellRequest, FoundCellReply> FOUND =
      new Method<>(513, "cell.found", FoundCellRequest.parser(), FoundCellReply.parser());

  private CellMethods() {}

  private static Method<ConsensusMessage, ConsensusMessage> consensus(int number, String name) {
    return new Method<>(number, name, ConsensusMessage.parser(), ConsensusMessage.parser());
  }
}
