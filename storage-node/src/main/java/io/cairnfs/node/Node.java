package io.cairnfs.node;

import io.cairnfs.dht.Locator;
import io.cairnfs.node.admin.NodeReport;
import io.cairnfs.node.config.NodeConfig;
import io.cairnfs.protocol.admin.message.NodeStatusReply;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.identity.NodeId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node of a cluster, running. Thread-safe. */
public final class Node implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  private final Cleanup parts;
  private final NodeId id;
  private final InetSocketAddress address;
  private final Optional<InetSocketAddress> httpAddress;
  private final Locator locator;
  private final NodeReport report;

  /**
   * @param parts what the node consists of, closed with it
   */
  Node(
      Cleanup parts,
      NodeId id,
      InetSocketAddress address,
      Optional<InetSocketAddress> httpAddress,
      Locator locator,
      NodeReport report) {
    this.parts = parts;
    this.id = id;
    this.address = address;
    this.httpAddress = httpAddress;
    this.locator = locator;
    this.report = report;
  }

  /**
   * Starts a node and lets it join its cluster, in the background if others do not answer yet.
   *
   * @param version of the program, for the status
   * @throws IOException if the data directory cannot be used, or an address not be listened on
   */
  public static Node start(NodeConfig config, String version) throws IOException {
    return start(
        config, version, (transport, signer) -> DhtMembership.create(transport, signer, config));
  }

  static Node start(NodeConfig config, String version, Membership.Factory memberships)
      throws IOException {
    Cleanup parts = new Cleanup();
    try {
      Node node = new NodeAssembly(config, version, memberships, parts).build();
      LOG.info("Node {} listens on {}", node.id, node.address);
      return node;
    } catch (IOException | RuntimeException e) {
      try {
        parts.close();
      } catch (IOException closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }

  public NodeId id() {
    return id;
  }

  /** Where peers reach it. */
  public InetSocketAddress address() {
    return address;
  }

  /** Where metrics and status are served; empty if that role is off. */
  public Optional<InetSocketAddress> httpAddress() {
    return httpAddress;
  }

  /** Whom this node knows. */
  public Locator locator() {
    return locator;
  }

  /** How it is. */
  public NodeStatusReply status() throws HeadException {
    return report.status();
  }

  /**
   * Stops answering, then working, then closes the store: what was acknowledged is on disk already.
   */
  @Override
  public void close() throws IOException {
    parts.close();
    LOG.info("Node {} has stopped", id);
  }
}
