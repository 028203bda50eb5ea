package io.cairnfs.node.head;

import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.Usage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A tiny transaction on numbered keys: what it read and what it wrote, so that whoever executes all
 * of them in order can tell whether what was read is what there was.
 */
record KeyValueTransaction(String id, Map<Integer, Long> reads, Map<Integer, Long> writes) {

  Commit toCommit(long readVersion, boolean declared) {
    return new Commit(
        readVersion,
        declared ? tokens(reads) : List.of(),
        declared ? tokens(writes) : List.of(),
        Usage.NONE,
        (id + ";" + encode(reads) + ";" + encode(writes)).getBytes(StandardCharsets.UTF_8));
  }

  private static List<Long> tokens(Map<Integer, Long> keys) {
    return keys.keySet().stream().map(Integer::longValue).toList();
  }

  private static String encode(Map<Integer, Long> values) {
    List<String> pairs = new ArrayList<>();
    values.forEach((key, value) -> pairs.add(key + "=" + value));
    return String.join(",", pairs);
  }

  static KeyValueTransaction of(byte[] body) {
    String[] parts = new String(body, StandardCharsets.UTF_8).split(";", -1);
    return new KeyValueTransaction(parts[0], decode(parts[1]), decode(parts[2]));
  }

  private static Map<Integer, Long> decode(String pairs) {
    Map<Integer, Long> values = new TreeMap<>();
    if (!pairs.isEmpty()) {
      for (String pair : pairs.split(",", -1)) {
        int equals = pair.indexOf('=');
        values.put(
            Integer.parseInt(pair.substring(0, equals)),
            Long.parseLong(pair.substring(equals + 1)));
      }
    }
    return values;
  }
}
