package io.cairnfs.dht.core;

import io.cairnfs.protocol.transport.Peer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects the outputs of one step, and remembers for every request in flight why it was sent. */
final class Outbox {

  private final Map<Long, Purpose> inFlight = new HashMap<>();
  private List<Output> outputs = new ArrayList<>();
  private long nextRequestId = 1;

  void send(Peer to, Request request, Purpose purpose) {
    long id = nextRequestId++;
    inFlight.put(id, purpose);
    outputs.add(new Output.Send(id, to, request));
  }

  void emit(Output output) {
    outputs.add(output);
  }

  /**
   * Ends a request; null if it has ended before, which makes its answer a late or duplicate one.
   */
  @Nullable Purpose end(long requestId) {
    return inFlight.remove(requestId);
  }

  List<Output> drain() {
    List<Output> drained = outputs;
    outputs = new ArrayList<>();
    return drained;
  }
}
