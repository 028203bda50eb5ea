package io.cairnfs.client.cli;

import io.cairnfs.node.EmbeddedNode;
import io.cairnfs.node.data.DirectoryInUseException;
import io.cairnfs.protocol.admission.ClosedAdmission;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.netty.NettyTransport;
import io.cairnfs.protocol.transport.netty.TransportConfig;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Reaches the embedded node: in this process, or where it is mounted already, through its socket
 * file.
 */
final class EmbeddedAccess {

  private final ClientPaths paths;

  EmbeddedAccess(ClientPaths paths) {
    this.paths = paths;
  }

  Connector.Connection connect(Identity self) throws IOException, CommandException {
    try {
      EmbeddedNode node = openDirectory();
      return new Connector.Connection(node.transport(), node.self(), node::close);
    } catch (DirectoryInUseException e) {
      if (!Files.exists(paths.socket())) {
        throw inUse(e);
      }
    }
    NodeId id = Identity.load(paths.embedded().resolve("identity.pem")).id();
    ClosedAdmission admission = new ClosedAdmission(self.id(), Set.of(id), null, admitted -> {});
    return new Connector.Connection(
        NettyTransport.open(self, admission, TransportConfig.defaults()),
        new Peer(id, List.of(UnixDomainSocketAddress.of(paths.socket()))));
  }

  /**
   * Opens the node in this process, for a mount.
   *
   * @throws CommandException if another mount has it, naming that one
   */
  EmbeddedNode open() throws IOException, CommandException {
    try {
      return openDirectory();
    } catch (DirectoryInUseException e) {
      throw inUse(e);
    }
  }

  private EmbeddedNode openDirectory() throws IOException {
    Path directory = paths.embedded();
    ClientPaths.makePrivate(paths.data());
    return EmbeddedNode.open(directory, Version.number());
  }

  private CommandException inUse(DirectoryInUseException e) throws IOException {
    for (MountRecord mount : new MountRecords(paths.mounts()).running()) {
      if (Long.toString(mount.process().pid()).equals(e.holder())) {
        return new CommandException(
            "the embedded node is in use: volume "
                + mount.volume()
                + " is mounted on "
                + mount.directory()
                + " by process "
                + e.holder()
                + "; cairn umount "
                + mount.directory()
                + " first",
            e);
      }
    }
    return new CommandException(
        "the embedded node is in use by process " + e.holder() + "; wait for it or stop it", e);
  }
}
