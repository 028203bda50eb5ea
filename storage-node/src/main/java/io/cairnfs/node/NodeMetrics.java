package io.cairnfs.node;

import io.cairnfs.dht.Locator;
import io.cairnfs.node.replication.Replication;
import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.scrub.Scrub;
import io.cairnfs.node.store.BlockStore;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Instant;
import java.util.function.Supplier;

/** The figures of a node that are read rather than counted. Closed before what it reads. */
final class NodeMetrics implements AutoCloseable {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics garbageCollection = new JvmGcMetrics();

  NodeMetrics() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    garbageCollection.bindTo(registry);
  }

  PrometheusMeterRegistry registry() {
    return registry;
  }

  void bind(BlockStore store) {
    gauge("cairn.store.blocks", "Blocks stored.", () -> store.figures().blocks());
    gauge("cairn.store.bytes", "Bytes of blocks stored.", () -> store.figures().bytes());
    gauge(
        "cairn.store.quarantined",
        "Blocks known to be damaged.",
        () -> store.figures().quarantined());
    gauge(
        "cairn.store.garbage.blocks",
        "Blocks that nothing holds any more.",
        () -> store.figures().garbageBlocks());
    gauge(
        "cairn.store.garbage.bytes",
        "Bytes of blocks that nothing holds any more.",
        () -> store.figures().garbageBytes());
    gauge("cairn.store.free.bytes", "Room for blocks.", () -> store.figures().freeBytes());
    gauge(
        "cairn.store.writable",
        "Whether blocks are taken.",
        () -> store.figures().writable() ? 1 : 0);
  }

  void bind(Replication replication, Locator locator) {
    gauge(
        "cairn.under.replicated",
        "Replicas missing or not confirmed.",
        replication::underReplicated);
    gauge("cairn.peers", "Nodes known, this one included.", () -> locator.known().size());
    gauge(
        "cairn.peers.up",
        "Nodes known that answer.",
        () -> locator.known().stream().filter(node -> locator.isUp(node.id())).count());
  }

  void bind(Scrub scrub) {
    gauge(
        "cairn.scrub.position.ratio",
        "How far the pass over all blocks is.",
        () -> scrub.figures().position());
    gauge(
        "cairn.scrub.pass.blocks",
        "Blocks that the pass under way, or the last one, has read.",
        () -> scrub.figures().pass().blocks());
    gauge(
        "cairn.scrub.pass.bytes",
        "Bytes that the pass under way, or the last one, has read.",
        () -> scrub.figures().pass().bytes());
    gauge(
        "cairn.scrub.pass.damaged",
        "Damaged blocks that the pass under way, or the last one, has found.",
        () -> scrub.figures().pass().damaged());
    gauge(
        "cairn.scrub.last.complete.timestamp.seconds",
        "When a pass last came to its end, in seconds since 1970; 0 for never.",
        () -> {
          Instant complete = scrub.figures().lastComplete();
          return complete == null ? 0 : complete.getEpochSecond();
        });
  }

  void bind(RocksDatabase database) {
    rocks(database, "memtable.bytes", "rocksdb.cur-size-all-mem-tables");
    rocks(database, "cache.bytes", "rocksdb.block-cache-usage");
    rocks(database, "table.files.bytes", "rocksdb.total-sst-files-size");
    rocks(database, "blob.files.bytes", "rocksdb.total-blob-file-size");
    rocks(database, "flushes.running", "rocksdb.num-running-flushes");
    rocks(database, "compactions.running", "rocksdb.num-running-compactions");
    rocks(database, "compaction.pending.bytes", "rocksdb.estimate-pending-compaction-bytes");
    rocks(database, "background.errors", "rocksdb.background-errors");
  }

  private void rocks(RocksDatabase database, String name, String property) {
    gauge("cairn.rocksdb." + name, property, () -> database.figure(property));
  }

  private void gauge(String name, String description, Supplier<Number> figure) {
    Gauge.builder(name, figure).description(description).strongReference(true).register(registry);
  }

  @Override
  public void close() {
    garbageCollection.close();
    registry.close();
  }
}
