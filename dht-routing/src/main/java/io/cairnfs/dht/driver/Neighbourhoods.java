package io.cairnfs.dht.driver;

import io.cairnfs.dht.core.DhtTiming;
import io.cairnfs.dht.core.LookupResult;
import io.cairnfs.dht.core.RememberedNode;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.dht.record.NodeRole;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The results of lookups, shared by all keys of a prefix. A lookup that found the w nodes closest
 * to its target knows all nodes that share more bits with the target than the farthest of them
 * does; if at least k of them store blocks, they answer for every key with that prefix. Nodes that
 * are down for less than the grace time are among them, as down. Pure but for its lock;
 * thread-safe.
 */
final class Neighbourhoods {

  /** Covers a cluster of tens of thousands of nodes; the eldest is forgotten. */
  private static final int MAX_REGIONS = 1024;

  private static final int KEY_BITS = Key256.BYTES * Byte.SIZE;

  private record Prefix(int bits, Key256 key) {

    static Prefix of(Key256 key, int bits) {
      byte[] bytes = key.toBytes();
      for (int i = 0; i < bytes.length; i++) {
        int kept = Math.clamp(bits - (long) i * Byte.SIZE, 0, Byte.SIZE);
        bytes[i] &= (byte) (0xff00 >> kept);
      }
      return new Prefix(bits, Key256.of(bytes));
    }
  }

  /**
   * @param downSinceMillis null while it is up
   */
  private record Member(NodeRecord record, @Nullable Long downSinceMillis) {}

  /** All nodes with a prefix. */
  private record Region(Map<NodeId, Member> members, long lookedUpMillis) {}

  /**
   * What is known near a key.
   *
   * @param nodes all nodes of its region
   * @param ageMillis how long ago they were looked up
   */
  record Known(List<NodeRecord> nodes, long ageMillis) {}

  private final int k;
  private final DhtTiming timing;
  private int longestPrefix;

  private final Map<Prefix, Region> regions =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Prefix, Region> eldest) {
          return size() > MAX_REGIONS;
        }
      };

  Neighbourhoods(int k, DhtTiming timing) {
    this.k = k;
    this.timing = timing;
  }

  /**
   * Takes the result of a lookup, which replaces what was known of its region.
   *
   * @param width how many were looked for
   * @param self this node, which finds all but itself; null for a client
   */
  synchronized void learn(
      LookupResult result, int width, @Nullable NodeRecord self, long nowMillis) {
    int bits = completePrefix(result, width);
    if (bits < 0) {
      return;
    }
    Prefix prefix = Prefix.of(result.target(), bits);
    Map<NodeId, Member> members = new HashMap<>();
    for (RememberedNode node : result.down()) {
      put(members, prefix, new Member(node.record(), nowMillis - node.downMillis()));
    }
    for (NodeRecord node : result.closest()) {
      put(members, prefix, new Member(node, null));
    }
    if (self != null) {
      put(members, prefix, new Member(self, null));
    }
    long storing =
        members.values().stream()
            .filter(member -> member.record.has(NodeRole.STORES_BLOCKS))
            .count();
    if (bits == 0 || storing >= k) {
      longestPrefix = Math.max(longestPrefix, bits);
      regions.put(prefix, new Region(members, nowMillis));
    }
  }

  private static void put(Map<NodeId, Member> members, Prefix prefix, Member member) {
    NodeId id = member.record.id();
    if (id.key().commonPrefixBits(prefix.key) >= prefix.bits) {
      members.put(id, member);
    }
  }

  /**
   * The shortest prefix of the target with which all nodes were found; negative if there is none,
   * since the search ended early for nodes that did not answer.
   */
  private static int completePrefix(LookupResult result, int width) {
    if (result.closest().size() < width) {
      return result.undisturbed() ? 0 : -1;
    }
    int farthest = KEY_BITS;
    for (NodeRecord node : result.closest()) {
      farthest = Math.min(farthest, node.id().key().commonPrefixBits(result.target()));
    }
    return Math.min(farthest + 1, KEY_BITS);
  }

  /**
   * The region of a key, the smallest if several are known; null if it was not looked up, or too
   * long ago.
   */
  synchronized @Nullable Known find(Key256 key, long maxAgeMillis, long nowMillis) {
    for (int bits = longestPrefix; bits >= 0; bits--) {
      Region region = regions.get(Prefix.of(key, bits));
      if (region != null && nowMillis - region.lookedUpMillis <= maxAgeMillis) {
        List<NodeRecord> nodes = new ArrayList<>(region.members.size());
        for (Member member : region.members.values()) {
          if (member.downSinceMillis == null
              || nowMillis - member.downSinceMillis < timing.graceMillis(member.record)) {
            nodes.add(member.record);
          }
        }
        return new Known(nodes, nowMillis - region.lookedUpMillis);
      }
    }
    return null;
  }

  /** Whether a node answered the latest lookup of its region. */
  synchronized boolean isUp(NodeId id) {
    for (int bits = longestPrefix; bits >= 0; bits--) {
      Region region = regions.get(Prefix.of(id.key(), bits));
      Member member = region == null ? null : region.members.get(id);
      if (member != null) {
        return member.downSinceMillis == null;
      }
    }
    return false;
  }

  /** The data path got no answer: the node is down until a lookup meets it. */
  synchronized void suspect(NodeId id, long nowMillis) {
    for (int bits = longestPrefix; bits >= 0; bits--) {
      Region region = regions.get(Prefix.of(id.key(), bits));
      if (region != null) {
        region.members.computeIfPresent(
            id,
            (_, member) ->
                member.downSinceMillis == null ? new Member(member.record, nowMillis) : member);
      }
    }
  }
}
