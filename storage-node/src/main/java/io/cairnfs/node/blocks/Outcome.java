package io.cairnfs.node.blocks;

import io.cairnfs.node.store.StoreException;
import io.cairnfs.protocol.transport.WireError;
import java.util.List;

/**
 * What became of reading one block or a part of one.
 *
 * @param status 0 for success, or the number of a {@link WireError}
 * @param body of a success
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Outcome(int status, byte[] body) {

  private static final byte[] NO_BODY = {};

  static Outcome found(byte[] body) {
    return new Outcome(0, body);
  }

  static Outcome failed(WireError error) {
    return new Outcome(error.number(), NO_BODY);
  }

  /** A failure of the store, which is counted if it is a damaged block. */
  static Outcome failed(StoreException failure, BlockMetrics metrics) {
    if (failure.reason() == StoreException.Reason.CORRUPT) {
      metrics.damaged.increment();
    }
    return failed(StoreErrors.number(failure.reason()));
  }

  static List<Integer> statuses(List<Outcome> outcomes) {
    return outcomes.stream().map(Outcome::status).toList();
  }

  /** Of the successes. */
  static List<byte[]> bodies(List<Outcome> outcomes) {
    return outcomes.stream().filter(outcome -> outcome.status() == 0).map(Outcome::body).toList();
  }
}
