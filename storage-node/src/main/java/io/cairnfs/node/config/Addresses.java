package io.cairnfs.node.config;

import java.net.InetSocketAddress;

/** Reads addresses such as {@code node1.example:7440} or {@code [::1]:7440}. */
public final class Addresses {

  private static final int MAX_PORT = 65535;

  private Addresses() {}

  /** An address to listen on, resolved; a lone {@code :PORT} means every interface. */
  public static InetSocketAddress listening(String text, int defaultPort) {
    String host = host(text);
    int port = port(text, defaultPort);
    if (host.isEmpty()) {
      return new InetSocketAddress(port);
    }
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new IllegalArgumentException("the host '" + host + "' is not known");
    }
    return address;
  }

  /** An address of a peer, resolved when it is used. */
  public static InetSocketAddress remote(String text, int defaultPort) {
    String host = host(text);
    int port = port(text, defaultPort);
    if (host.isEmpty() || port == 0) {
      throw new IllegalArgumentException("'" + text + "' needs a host and a port");
    }
    return InetSocketAddress.createUnresolved(host, port);
  }

  private static String host(String text) {
    if (text.startsWith("[")) {
      int end = text.indexOf(']');
      if (end < 0) {
        throw new IllegalArgumentException("'" + text + "' lacks a ]");
      }
      return text.substring(1, end);
    }
    int colon = text.indexOf(':');
    if (colon != text.lastIndexOf(':')) {
      throw new IllegalArgumentException("write '" + text + "' with brackets, as [::1]:7440");
    }
    return colon < 0 ? text : text.substring(0, colon);
  }

  private static int port(String text, int defaultPort) {
    String rest =
        text.substring(
            text.startsWith("[") ? text.indexOf(']') + 1 : Math.max(0, text.indexOf(':')));
    if (!rest.startsWith(":")) {
      return defaultPort;
    }
    try {
      int port = Integer.parseInt(rest.substring(1));
      if (port < 0 || port > MAX_PORT) {
        throw new IllegalArgumentException("'" + text + "' has no port from 0 to " + MAX_PORT);
      }
      return port;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' has no port from 0 to " + MAX_PORT, e);
    }
  }
}
