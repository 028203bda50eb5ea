package io.cairnfs.node.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.cairnfs.node.admin.NodeReport;
import io.cairnfs.protocol.admin.StatusFields;
import io.cairnfs.protocol.admin.message.NodeStatusReply;
import io.cairnfs.protocol.head.HeadException;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code /metrics} (Prometheus text), {@code /health} and {@code /status} (JSON).
 * Unauthenticated, and therefore on loopback unless configured otherwise; it only tells, and
 * changes nothing.
 */
public final class NodeHttp implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(NodeHttp.class);

  private static final int BACKLOG = 16;
  private static final int THREADS = 2;

  /** Requests beyond these are dropped by closing their connections. */
  private static final int MAX_WAITING = 64;

  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int INTERNAL_ERROR = 500;
  private static final int UNAVAILABLE = 503;

  private static final String JSON = "application/json";
  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final HttpServer server;
  private final ThreadPoolExecutor threads;
  private final PrometheusMeterRegistry metrics;
  private final NodeReport report;

  private NodeHttp(HttpServer server, PrometheusMeterRegistry metrics, NodeReport report) {
    this.server = server;
    this.metrics = metrics;
    this.report = report;
    this.threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            Thread.ofPlatform().daemon().name("cairn-http-", 0).factory());
  }

  /**
   * @throws IOException if the address cannot be bound
   */
  public static NodeHttp start(
      InetSocketAddress address, PrometheusMeterRegistry metrics, NodeReport report)
      throws IOException {
    NodeHttp http = new NodeHttp(HttpServer.create(address, BACKLOG), metrics, report);
    http.server.setExecutor(http.threads);
    http.server.createContext("/", http::answer);
    http.server.start();
    return http;
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestMethod().equals("GET")
          && !exchange.getRequestMethod().equals("HEAD")) {
        send(exchange, METHOD_NOT_ALLOWED, TEXT, "only GET and HEAD\n");
        return;
      }
      switch (exchange.getRequestURI().getPath()) {
        case "/metrics" -> send(exchange, OK, TEXT, metrics.scrape());
        case "/health" -> sendHealth(exchange, report.status());
        case "/status" -> send(exchange, OK, JSON, Json.write(StatusFields.of(report.status())));
        default -> send(exchange, NOT_FOUND, TEXT, "there are /metrics, /health and /status\n");
      }
    } catch (HeadException | RuntimeException e) {
      LOG.warn("Could not answer {}", exchange.getRequestURI(), e);
      send(exchange, INTERNAL_ERROR, TEXT, "failed; the node's log says more\n");
    }
  }

  private static void sendHealth(HttpExchange exchange, NodeStatusReply status) throws IOException {
    boolean healthy = status.getProblemCount() == 0;
    String text = healthy ? "ok\n" : String.join("\n", status.getProblemList()) + "\n";
    send(exchange, healthy ? OK : UNAVAILABLE, TEXT, text);
  }

  private static void send(HttpExchange exchange, int code, String type, String text)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(code, -1);
      return;
    }
    exchange.sendResponseHeaders(code, bytes.length);
    try (OutputStream body = exchange.getResponseBody()) {
      body.write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
