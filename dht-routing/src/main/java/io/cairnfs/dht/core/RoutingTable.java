package io.cairnfs.dht.core;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The peers that this one knows, in k-buckets by the length of the prefix that their ids share with
 * its own. Old contacts that still answer are kept before new ones, since who has been up long
 * stays up; only the k nodes closest to this one always get in, so that neighbourhoods are complete
 * (S/Kademlia's siblings).
 *
 * <p>Sources: Maymounkov and Mazières, "Kademlia" (2002), section 2.4; Baumgart and Mies,
 * "S/Kademlia" (2007).
 */
final class RoutingTable {

  /** What became of a node that showed that it is alive. */
  enum Admission {
    /** It is new in the table. */
    ADDED,
    /** It was there, and was held for down. */
    RETURNED,
    /** It was there. */
    SEEN,
    /** Its bucket is full; it waits as a replacement. */
    WAITING,
    /** Too many of its network are in the table. */
    REFUSED
  }

  private final Key256 self;
  private final int k;
  private final int maxPerAddressGroup;
  private final Bucket[] buckets = new Bucket[Key256.BYTES * Byte.SIZE];
  private final Consumer<NodeId> onEvicted;
  private int size;

  RoutingTable(NodeId self, DhtConfig config, Consumer<NodeId> onEvicted) {
    this.self = self.key();
    this.k = config.k();
    this.maxPerAddressGroup = config.maxPerAddressGroup();
    this.onEvicted = onEvicted;
  }

  /** The number of contacts, those that are down included. */
  int size() {
    return size;
  }

  @Nullable Contact find(NodeId id) {
    Bucket bucket = bucketIfAny(id.key());
    return bucket == null ? null : bucket.find(id);
  }

  /** Notes that a node is alive: it answered, or a known one asked. */
  Admission seen(NodeRecord record, long nowMillis) {
    Bucket bucket = bucket(record.id().key());
    Contact contact = bucket.find(record.id());
    if (contact != null) {
      Liveness before = contact.liveness;
      contact.liveness = Liveness.UP;
      contact.failures = 0;
      contact.lastSeenMillis = nowMillis;
      return before == Liveness.DOWN ? Admission.RETURNED : Admission.SEEN;
    }
    if (exceedsAddressGroup(record)) {
      return Admission.REFUSED;
    }
    if (bucket.contacts.size() >= k && !makeRoom(bucket, record.id().key())) {
      bucket.addReplacement(record, k);
      return Admission.WAITING;
    }
    add(bucket, new Contact(record, Liveness.UP, nowMillis));
    return Admission.ADDED;
  }

  /**
   * Takes a newer version of a contact's record. A contact that moves into a network of which the
   * table has enough already is evicted.
   *
   * @return whether the contact is still there with this record
   */
  boolean adopt(Contact contact, NodeRecord newer) {
    contact.record = newer;
    Bucket bucket = bucket(newer.id().key());
    bucket.contacts.remove(contact);
    boolean refused = exceedsAddressGroup(newer);
    bucket.contacts.add(contact);
    if (refused) {
      evict(bucket, contact);
    }
    return !refused;
  }

  /**
   * Enters a node that an earlier run knew, as down until it answers. Returns whether there was
   * room.
   */
  boolean remember(NodeRecord record, long downMillis, long nowMillis) {
    Bucket bucket = bucket(record.id().key());
    if (bucket.find(record.id()) != null
        || bucket.contacts.size() >= k
        || exceedsAddressGroup(record)) {
      return false;
    }
    Contact contact = new Contact(record, Liveness.DOWN, nowMillis);
    contact.downSinceMillis = nowMillis - downMillis;
    add(bucket, contact);
    return true;
  }

  /** Whether a node that is not in the table would get in if it proved to be alive. */
  boolean wants(NodeRecord record) {
    if (record.id().key().equals(self) || exceedsAddressGroup(record)) {
      return false;
    }
    Bucket bucket = bucket(record.id().key());
    return bucket.contacts.size() < k
        || bucket.longestDown().isPresent()
        || isNeighbour(record.id().key());
  }

  /** A node that could take the place of this contact. */
  @Nullable NodeRecord takeReplacement(NodeId of) {
    return bucket(of.key()).takeReplacement();
  }

  /** The contact of a node's bucket that was not heard of for longest. */
  Optional<Contact> leastRecentlySeen(NodeId inBucketOf) {
    return bucket(inBucketOf.key()).leastRecentlySeen();
  }

  void remove(NodeId id) {
    Bucket bucket = bucketIfAny(id.key());
    if (bucket != null && bucket.contacts.removeIf(contact -> contact.id().equals(id))) {
      size--;
    }
  }

  void forEach(Consumer<Contact> action) {
    for (Bucket bucket : buckets) {
      if (bucket != null) {
        bucket.contacts.forEach(action);
      }
    }
  }

  /** Whether some contact answers. */
  boolean hasLive() {
    return anyMatch(contact -> contact.liveness == Liveness.UP);
  }

  private boolean anyMatch(Predicate<Contact> predicate) {
    for (Bucket bucket : buckets) {
      if (bucket != null && bucket.contacts.stream().anyMatch(predicate)) {
        return true;
      }
    }
    return false;
  }

  /** The contacts closest to a target that are not held for down, closest first. */
  List<NodeRecord> closestLive(Key256 target, int count) {
    List<NodeRecord> result = new ArrayList<>(count);
    int shared = Math.min(self.commonPrefixBits(target), buckets.length - 1);
    // First the bucket that shares more with the target than this node does, then this node's own
    // side, then ever
    // farther ones: everything in one group is closer than everything in the next.
    addSorted(result, target, shared, shared, count);
    addSorted(result, target, shared + 1, buckets.length - 1, count);
    for (int index = shared - 1; index >= 0 && result.size() < count; index--) {
      addSorted(result, target, index, index, count);
    }
    return result;
  }

  private void addSorted(List<NodeRecord> result, Key256 target, int from, int to, int count) {
    if (result.size() >= count) {
      return;
    }
    List<NodeRecord> group = new ArrayList<>();
    for (int index = from; index <= to; index++) {
      Bucket bucket = buckets[index];
      if (bucket != null) {
        for (Contact contact : bucket.contacts) {
          if (contact.liveness != Liveness.DOWN) {
            group.add(contact.record);
          }
        }
      }
    }
    group.sort((a, b) -> target.compareDistance(a.id().key(), b.id().key()));
    result.addAll(group.subList(0, Math.min(group.size(), count - result.size())));
  }

  /** Notes that a lookup went to the bucket of this target. */
  void lookedUp(Key256 target, long nowMillis) {
    if (!target.equals(self)) {
      bucket(target).lastLookupMillis = nowMillis;
    }
  }

  /**
   * The shared-prefix lengths that are due for a refresh: no farther than the deepest bucket that
   * is in use.
   */
  List<Integer> bucketsNotLookedUpSince(long millis) {
    int deepest = buckets.length - 1;
    while (deepest >= 0 && (buckets[deepest] == null || buckets[deepest].contacts.isEmpty())) {
      deepest--;
    }
    List<Integer> due = new ArrayList<>();
    for (int index = 0; index <= deepest; index++) {
      if (buckets[index] == null || buckets[index].lastLookupMillis <= millis) {
        due.add(index);
      }
    }
    return due;
  }

  /** Whether fewer than k contacts are closer to this node than the key is. */
  private boolean isNeighbour(Key256 key) {
    int index = self.commonPrefixBits(key);
    int closer = 0;
    for (int i = index; i < buckets.length; i++) {
      Bucket bucket = buckets[i];
      if (bucket == null) {
        continue;
      }
      for (Contact contact : bucket.contacts) {
        if (i > index || self.compareDistance(contact.id().key(), key) < 0) {
          closer++;
        }
      }
    }
    return closer < k;
  }

  /** Evicts from a full bucket: a contact that is down, or, for a neighbour, the farthest. */
  private boolean makeRoom(Bucket bucket, Key256 newcomer) {
    Optional<Contact> down = bucket.longestDown();
    if (down.isPresent()) {
      evict(bucket, down.get());
      return true;
    }
    if (!isNeighbour(newcomer)) {
      return false;
    }
    Comparator<Contact> byDistance = (a, b) -> self.compareDistance(a.id().key(), b.id().key());
    Contact farthest = bucket.contacts.stream().max(byDistance).orElseThrow();
    evict(bucket, farthest);
    bucket.addReplacement(farthest.record, k);
    return true;
  }

  private void evict(Bucket bucket, Contact contact) {
    bucket.contacts.remove(contact);
    size--;
    onEvicted.accept(contact.id());
  }

  private void add(Bucket bucket, Contact contact) {
    bucket.dropReplacement(contact.id());
    bucket.contacts.add(contact);
    size++;
  }

  private boolean exceedsAddressGroup(NodeRecord record) {
    if (maxPerAddressGroup == 0) {
      return false;
    }
    Map<String, Integer> counts = countAddressGroups();
    return AddressGroups.of(record).stream()
        .anyMatch(group -> counts.getOrDefault(group, 0) >= maxPerAddressGroup);
  }

  private Map<String, Integer> countAddressGroups() {
    Map<String, Integer> counts = new HashMap<>();
    forEach(
        contact ->
            AddressGroups.of(contact.record)
                .forEach(group -> counts.merge(group, 1, Integer::sum)));
    return counts;
  }

  private Bucket bucket(Key256 key) {
    int index = self.commonPrefixBits(key);
    if (index == buckets.length) {
      throw new IllegalArgumentException("a table does not hold its own node");
    }
    Bucket bucket = buckets[index];
    if (bucket == null) {
      bucket = new Bucket();
      buckets[index] = bucket;
    }
    return bucket;
  }

  private @Nullable Bucket bucketIfAny(Key256 key) {
    int index = self.commonPrefixBits(key);
    return index == buckets.length ? null : buckets[index];
  }

  /**
   * For tests and simulation.
   *
   * @throws IllegalStateException if the table is not what it should always be
   */
  void checkInvariants() {
    int count = 0;
    for (int index = 0; index < buckets.length; index++) {
      Bucket bucket = buckets[index];
      if (bucket != null) {
        check(
            bucket.contacts.size() <= k && bucket.replacements().size() <= k,
            "a bucket is too large");
        Set<NodeId> ids = new HashSet<>();
        for (Contact contact : bucket.contacts) {
          check(
              self.commonPrefixBits(contact.id().key()) == index,
              "a contact is in the wrong bucket");
          check(ids.add(contact.id()), "a contact is there twice");
          count++;
        }
        bucket
            .replacements()
            .forEach(record -> check(ids.add(record.id()), "a contact is its own replacement"));
      }
    }
    check(count == size, "the size is wrong");
  }

  private static void check(boolean condition, String message) {
    if (!condition) {
      throw new IllegalStateException(message);
    }
  }
}
