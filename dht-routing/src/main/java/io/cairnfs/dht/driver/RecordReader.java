package io.cairnfs.dht.driver;

import io.cairnfs.dht.record.InvalidRecordException;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.dht.record.RecordVerifier;
import io.cairnfs.protocol.dht.SignedNodeRecord;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Verifies records once: the same few travel again and again, and a signature costs more than the
 * rest of a message. Thread-safe.
 */
final class RecordReader {

  /** Room for the neighbourhoods of many lookups; a record has a few hundred bytes. */
  private static final int MAX_CACHED = 4096;

  private final RecordVerifier verifier;

  private final Map<SignedNodeRecord, NodeRecord> verified =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<SignedNodeRecord, NodeRecord> eldest) {
          return size() > MAX_CACHED;
        }
      };

  RecordReader(RecordVerifier verifier) {
    this.verifier = verifier;
  }

  NodeRecord read(SignedNodeRecord signed) throws InvalidRecordException {
    NodeRecord known = cached(signed);
    if (known != null) {
      return known;
    }
    NodeRecord record = NodeRecord.verify(signed, verifier);
    synchronized (verified) {
      verified.put(signed, record);
    }
    return record;
  }

  private @Nullable NodeRecord cached(SignedNodeRecord signed) {
    synchronized (verified) {
      return verified.get(signed);
    }
  }
}
