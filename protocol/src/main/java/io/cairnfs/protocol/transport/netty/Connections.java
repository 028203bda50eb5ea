package io.cairnfs.protocol.transport.netty;

import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a transport: the one to use for each peer, and bounds on those that others
 * open. The newest connection of a peer is used, whoever opened it, so that a peer that was
 * restarted is reached at once. Thread-safe.
 */
final class Connections {

  /** Handshakes of strangers at once; beyond, the oldest goes: an honest one takes milliseconds. */
  private static final int MAX_HANDSHAKES = 64;

  /** Connections that one identity may open: programs of one machine may share an identity. */
  private static final int MAX_PER_PEER = 16;

  private final int maxInbound;
  private final Map<NodeId, Deque<Connection>> byId = new HashMap<>();
  private final Map<Peer, Connection> byPeer = new HashMap<>();
  private final Set<Connection> all = new LinkedHashSet<>();
  private final Set<Connection> handshaking = new LinkedHashSet<>();
  private int inbound;

  Connections(int maxInbound) {
    this.maxInbound = maxInbound;
  }

  /** A connection to a peer that is ready; null if there is none. */
  synchronized @Nullable Connection find(Peer peer) {
    Connection direct = byPeer.get(peer);
    if (direct != null && direct.isUsable()) {
      return direct;
    }
    NodeId id = peer.id();
    if (id == null || peer.addresses().stream().anyMatch(Sockets::isDomain)) {
      return null;
    }
    Deque<Connection> known = byId.get(id);
    if (known == null) {
      return null;
    }
    for (Connection connection : known) {
      if (connection.isUsable()) {
        return connection;
      }
    }
    return null;
  }

  /** A peer without identity, or behind a Unix domain socket, is found by what it was called. */
  synchronized void remember(Peer peer, Connection connection) {
    if (all.contains(connection)) {
      byPeer.put(peer, connection);
    }
  }

  synchronized void dialing(Connection connection) {
    all.add(connection);
  }

  /** Registers a connection that was accepted; whether there is room for it. */
  boolean accepted(Connection connection) {
    Connection victim = null;
    synchronized (this) {
      if (inbound >= maxInbound || handshaking.size() >= MAX_HANDSHAKES) {
        if (handshaking.isEmpty()) {
          return false;
        }
        victim = handshaking.iterator().next();
        handshaking.remove(victim);
      }
      inbound++;
      all.add(connection);
      handshaking.add(connection);
    }
    if (victim != null) {
      end(victim, new WireException(WireError.BUSY, "too many handshakes at once"));
    }
    return true;
  }

  /** The peer of a connection is known and admitted. */
  void established(Connection connection) {
    List<Connection> surplus = new ArrayList<>();
    synchronized (this) {
      handshaking.remove(connection);
      if (!connection.isLocal()) {
        Deque<Connection> known = byId.computeIfAbsent(connection.peer(), id -> new ArrayDeque<>());
        known.addFirst(connection);
        while (known.size() > MAX_PER_PEER) {
          surplus.add(known.removeLast());
        }
      }
    }
    for (Connection old : surplus) {
      end(old, new WireException(WireError.BUSY, "this identity has too many connections"));
    }
  }

  synchronized void gone(Connection connection) {
    handshaking.remove(connection);
    byPeer.values().remove(connection);
    if (all.remove(connection) && connection.isInbound()) {
      inbound--;
    }
    byId.values().removeIf(known -> known.remove(connection) && known.isEmpty());
  }

  /** Ends all connections. */
  void closeAll(WireException reason) {
    List<Connection> open;
    synchronized (this) {
      open = List.copyOf(all);
    }
    open.forEach(connection -> end(connection, reason));
  }

  synchronized int count() {
    return all.size();
  }

  private static void end(Connection connection, WireException reason) {
    connection.channel().eventLoop().execute(() -> connection.close(reason, true));
  }
}
