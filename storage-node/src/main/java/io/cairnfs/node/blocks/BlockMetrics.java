package io.cairnfs.node.blocks;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;

/** What is counted and timed about block requests. Thread-safe. */
final class BlockMetrics {

  final Counter blocksIn;
  final Counter blocksOut;
  final Counter bytesIn;
  final Counter bytesOut;
  final Counter damaged;
  final Timer putTime;
  final Timer getTime;
  final Timer haveTime;

  BlockMetrics(MeterRegistry registry) {
    blocksIn = counter(registry, "cairn.block.puts", "Blocks received.");
    blocksOut = counter(registry, "cairn.block.gets", "Blocks, or parts of them, sent.");
    bytesIn = counter(registry, "cairn.block.in.bytes", "Bytes of blocks received.");
    bytesOut = counter(registry, "cairn.block.out.bytes", "Bytes of blocks sent.");
    damaged = counter(registry, "cairn.block.corrupt", "Reads that met a damaged block.");
    putTime = timer(registry, "cairn.block.put", "Put requests, until the blocks were on disk.");
    getTime = timer(registry, "cairn.block.get", "Get requests.");
    haveTime = timer(registry, "cairn.block.have", "Have requests.");
  }

  /** Counts what is about to be sent. */
  void sent(List<byte[]> bodies) {
    blocksOut.increment(bodies.size());
    bodies.forEach(body -> bytesOut.increment(body.length));
  }

  private static Counter counter(MeterRegistry registry, String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  private static Timer timer(MeterRegistry registry, String name, String description) {
    return Timer.builder(name)
        .description(description)
        .publishPercentileHistogram(false)
        .publishPercentiles(0.5, 0.99)
        .register(registry);
  }
}
