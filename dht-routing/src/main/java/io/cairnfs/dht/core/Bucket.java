package io.cairnfs.dht.core;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.protocol.identity.NodeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The contacts whose ids share exactly so many leading bits with this node's. When it is full,
 * newcomers wait in a bounded cache of replacements.
 */
final class Bucket {

  final List<Contact> contacts = new ArrayList<>();
  private final List<NodeRecord> replacements = new ArrayList<>();

  /** Long ago at first: a new bucket is due to be filled. */
  long lastLookupMillis = Long.MIN_VALUE / 2;

  @Nullable Contact find(NodeId id) {
    for (Contact contact : contacts) {
      if (contact.id().equals(id)) {
        return contact;
      }
    }
    return null;
  }

  Optional<Contact> longestDown() {
    return contacts.stream()
        .filter(contact -> contact.liveness == Liveness.DOWN)
        .min(Comparator.comparingLong(contact -> contact.downSinceMillis));
  }

  Optional<Contact> leastRecentlySeen() {
    return contacts.stream().min(Comparator.comparingLong(contact -> contact.lastSeenMillis));
  }

  /** Puts a record at the end of the cache, which is its most recent. */
  void addReplacement(NodeRecord record, int capacity) {
    dropReplacement(record.id());
    if (replacements.size() == capacity) {
      replacements.removeFirst();
    }
    replacements.add(record);
  }

  void dropReplacement(NodeId id) {
    replacements.removeIf(record -> record.id().equals(id));
  }

  @Nullable NodeRecord takeReplacement() {
    return replacements.isEmpty() ? null : replacements.removeLast();
  }

  List<NodeRecord> replacements() {
    return replacements;
  }
}
