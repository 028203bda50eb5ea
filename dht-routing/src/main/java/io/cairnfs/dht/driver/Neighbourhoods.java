package io.cairnfs.dht.driver;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The results of lookups, shared by all keys of a prefix. A lookup that found the w nodes closest
 * to its target knows all nodes that share more bits with the target than the farthest of them
 * does; if they are at least k, they answer for every key with that prefix. Nodes that a later
 * lookup misses stay, as down, for the grace time. Pure but for its lock; thread-safe.
 */
final class Neighbourhoods {

  /** Covers a cluster of tens of thousands of nodes; the eldest is forgotten. */
  private static final int MAX_REGIONS = 1024;

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

  private static final class Member {
    NodeRecord record;
    long seenMillis;
    boolean up = true;

    Member(NodeRecord record, long seenMillis) {
      this.record = record;
      this.seenMillis = seenMillis;
    }
  }

  /** All nodes with a prefix. */
  private static final class Region {
    final Map<NodeId, Member> members = new HashMap<>();
    long lookedUpMillis;
  }

  /**
   * What is known near a key.
   *
   * @param nodes all nodes of its region
   * @param ageMillis how long ago they were looked up
   */
  record Known(List<NodeRecord> nodes, long ageMillis) {}

  private final int k;
  private final long graceMillis;
  private int longestPrefix;

  private final Map<Prefix, Region> regions =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Prefix, Region> eldest) {
          return size() > MAX_REGIONS;
        }
      };

  Neighbourhoods(int k, long graceMillis) {
    this.k = k;
    this.graceMillis = graceMillis;
  }

  /**
   * Takes the result of a lookup.
   *
   * @param width how many were looked for: if fewer were found, they are all there are
   * @param found the closest, this node included if it is one of them, in any order
   */
  synchronized void learn(Key256 target, int width, Collection<NodeRecord> found, long nowMillis) {
    int bits = completePrefix(target, width, found);
    Prefix prefix = Prefix.of(target, bits);
    List<NodeRecord> inside =
        found.stream().filter(node -> node.id().key().commonPrefixBits(target) >= bits).toList();
    if (inside.size() < k) {
      return;
    }
    Region region = regions.computeIfAbsent(prefix, _ -> new Region());
    longestPrefix = Math.max(longestPrefix, bits);
    region.lookedUpMillis = nowMillis;
    region.members.values().forEach(member -> member.up = false);
    for (NodeRecord node : inside) {
      Member member = region.members.computeIfAbsent(node.id(), _ -> new Member(node, nowMillis));
      member.record = node.version() > member.record.version() ? node : member.record;
      member.seenMillis = nowMillis;
      member.up = true;
    }
    region.members.values().removeIf(member -> nowMillis - member.seenMillis > graceMillis);
  }

  /** The shortest prefix of the target with which all nodes were found. */
  private static int completePrefix(Key256 target, int width, Collection<NodeRecord> found) {
    if (found.size() < width) {
      return 0;
    }
    int farthest = Key256.BYTES * Byte.SIZE;
    for (NodeRecord node : found) {
      farthest = Math.min(farthest, node.id().key().commonPrefixBits(target));
    }
    return Math.min(farthest + 1, Key256.BYTES * Byte.SIZE);
  }

  /** The region of a key; null if it was not looked up, or too long ago. */
  synchronized @Nullable Known find(Key256 key, long maxAgeMillis, long nowMillis) {
    for (int bits = 0; bits <= longestPrefix; bits++) {
      Region region = regions.get(Prefix.of(key, bits));
      if (region != null && nowMillis - region.lookedUpMillis <= maxAgeMillis) {
        List<NodeRecord> nodes = new ArrayList<>(region.members.size());
        region.members.values().forEach(member -> nodes.add(member.record));
        return new Known(nodes, nowMillis - region.lookedUpMillis);
      }
    }
    return null;
  }

  /** Whether a node answered the latest lookup of its region. */
  synchronized boolean isUp(NodeId id) {
    Member member = member(id);
    return member != null && member.up;
  }

  /** The data path got no answer: the node is down until a lookup meets it. */
  synchronized void suspect(NodeId id) {
    Member member = member(id);
    if (member != null) {
      member.up = false;
    }
  }

  private @Nullable Member member(NodeId id) {
    for (int bits = 0; bits <= longestPrefix; bits++) {
      Region region = regions.get(Prefix.of(id.key(), bits));
      Member member = region == null ? null : region.members.get(id);
      if (member != null) {
        return member;
      }
    }
    return null;
  }
}
