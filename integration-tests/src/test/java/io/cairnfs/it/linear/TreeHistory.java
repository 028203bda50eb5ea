package io.cairnfs.it.linear;

import io.cairnfs.it.linear.Act.Place;
import io.cairnfs.it.linear.Answer.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The calls of several programs in directories that are there from the start, and whether they are
 * linearizable. Directories that no call connects are independent objects, and linearizability is
 * local (Herlihy and Wing, 1990): each group is checked by itself.
 */
public final class TreeHistory {

  private final List<Call> calls;
  private final Set<Long> roots;

  /** Which group an inode belongs to: a forest of those that calls have connected. */
  private final Map<Long, Long> connected = new HashMap<>();

  /**
   * @param roots the directories that are there from the start, empty, and stay
   */
  public TreeHistory(Collection<Call> calls, Collection<Long> roots) {
    this.calls = List.copyOf(calls);
    this.roots = Set.copyOf(roots);
  }

  /**
   * Checks all groups; gives the first verdict that is a {@link Verdict.Violation}, else one that
   * is {@link Verdict.Undecided}.
   *
   * @param bound of time for each group
   */
  public Verdict check(Duration bound) {
    long states = 0;
    boolean decided = true;
    for (List<Call> group : groups()) {
      Verdict verdict = Checker.check(new TreeModel(), Tree.of(roots), Steps.of(group), bound);
      switch (verdict) {
        case Verdict.Violation violation -> {
          return violation;
        }
        case Verdict.Undecided undecided -> {
          decided = false;
          states += undecided.states();
        }
        case Verdict.Linearizable good -> states += good.states();
      }
    }
    return decided ? new Verdict.Linearizable(states) : new Verdict.Undecided(states);
  }

  /** The calls of each group of directories. */
  Collection<List<Call>> groups() {
    for (Call call : calls) {
      List<Long> inodes = inodes(call);
      inodes.forEach(inode -> connected.put(find(inode), find(inodes.getFirst())));
    }
    Map<Long, List<Call>> groups = new LinkedHashMap<>();
    for (Call call : calls) {
      long group = find(inodes(call).getFirst());
      groups.computeIfAbsent(group, key -> new ArrayList<>()).add(call);
    }
    return groups.values();
  }

  private long find(long inode) {
    long at = inode;
    long next = connected.getOrDefault(at, at);
    while (next != at) {
      at = next;
      next = connected.getOrDefault(at, at);
    }
    connected.put(inode, at);
    return at;
  }

  private static List<Long> inodes(Call call) {
    List<Long> inodes = new ArrayList<>();
    switch (call.act()) {
      case Act.Create create -> add(inodes, create.place());
      case Act.MakeDirectory make -> add(inodes, make.place());
      case Act.RemoveDirectory remove -> add(inodes, remove.place());
      case Act.Unlink unlink -> add(inodes, unlink.place());
      case Act.Look look -> add(inodes, look.place());
      case Act.Status status -> add(inodes, status.place());
      case Act.Listing listing -> inodes.add(listing.directory());
      case Act.Link link -> {
        add(inodes, link.place());
        inodes.add(link.inode());
      }
      case Act.Rename rename -> {
        add(inodes, rename.from());
        add(inodes, rename.to());
      }
    }
    switch (call.answer()) {
      case Answer.Found found -> inodes.add(found.node().inode());
      case Answer.Described described -> inodes.add(described.node().inode());
      case Answer.Listed listed ->
          listed.entries().values().stream().map(Node::inode).forEach(inodes::add);
      case Answer.Done _, Answer.Failed _, Answer.Unknown _, Answer.Refused _ -> {}
    }
    return inodes;
  }

  private static void add(List<Long> inodes, Place place) {
    inodes.add(place.directory());
  }
}
