package io.cairnfs.client.cli;

import io.cairnfs.protocol.transport.Transport;

/** The {@code cairn} command with {@link UncheckedCommits}: what a test must notice. */
final class UncheckedCairn {

  private UncheckedCairn() {}

  public static void main(String[] arguments) {
    Logging.quiet();
    Connector network = new NettyConnector(ClientPaths.ofThisUser());
    Connector unchecked =
        access -> {
          Connector.Connection connection = network.connect(access);
          Transport transport = new UncheckedCommits(connection.transport());
          return new Connector.Connection(transport, connection.node(), connection.owner());
        };
    System.exit(CairnCommand.commandLine(Console.ofSystem(), unchecked).execute(arguments));
  }
}
