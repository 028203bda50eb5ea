package io.cairnfs.it;

import io.cairnfs.node.store.Arrival;
import io.cairnfs.node.store.ArrivalPage;
import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.head.Delta;
import io.cairnfs.protocol.head.Head;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.VolumeInfo;
import io.cairnfs.protocol.identity.Key256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Compares a node's storage with the lines that it printed: every acknowledged block and commit is
 * there, and whatever the store claims to have, acknowledged or not, it can read.
 */
final class DurabilityCheck {

  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final int PAGE = 1000;

  private final BlockStore store;
  private final Head head;
  private final List<String> lost = new ArrayList<>();

  private DurabilityCheck(BlockStore store, Head head) {
    this.store = store;
    this.head = head;
  }

  /**
   * @param lines a file of acknowledgements
   * @return what is missing or wrong
   */
  static List<String> run(BlockStore store, Head head, Path lines)
      throws IOException, StoreException, HeadException, InterruptedException {
    DurabilityCheck check = new DurabilityCheck(store, head);
    Set<String> commits = check.commits();
    for (String line : Files.readAllLines(lines)) {
      String name = line.substring(line.indexOf(' ') + 1);
      if (!line.startsWith(DurabilityNode.COMMIT)) {
        check.requireBlock(line, Key256.parse(name));
      } else if (!commits.contains(name)) {
        check.lost.add(line);
      }
    }
    check.requireArrivals();
    return check.lost;
  }

  private Set<String> commits() throws HeadException, InterruptedException {
    Set<String> commits = new HashSet<>();
    for (VolumeInfo volume : head.list(TIMEOUT)) {
      VolumeId id = volume.founding().volume();
      long through = 0;
      List<Delta> page = head.deltas(id, through, TIMEOUT);
      while (!page.isEmpty()) {
        page.forEach(delta -> commits.add(new String(delta.body(), StandardCharsets.UTF_8)));
        through = page.getLast().sequence();
        page = head.deltas(id, through, TIMEOUT);
      }
    }
    return commits;
  }

  private void requireBlock(String what, Key256 digest)
      throws StoreException, InterruptedException {
    try {
      byte[] bytes = store.get(digest);
      if (!Cid.of(Codec.RAW, bytes).key().equals(digest)) {
        lost.add(what + " has other bytes");
      } else if (!store.have(List.of(digest)).get(0)) {
        lost.add(what + " can be read and is not listed");
      }
    } catch (StoreException e) {
      lost.add(what + ": " + e.reason() + " " + e.getMessage());
    }
  }

  private void requireArrivals() throws StoreException, InterruptedException {
    long count = 0;
    long bytes = 0;
    ArrivalPage page = store.arrivals(0, PAGE);
    while (!page.arrivals().isEmpty()) {
      for (Arrival arrival : page.arrivals()) {
        requireBlock("arrival " + arrival.sequence() + " " + arrival.digest(), arrival.digest());
        count++;
        bytes += arrival.sizeBytes();
      }
      page = store.arrivals(page.through(), PAGE);
    }
    if (count != store.figures().blocks() || bytes != store.figures().bytes()) {
      lost.add("figures " + store.figures() + " of " + count + " blocks, " + bytes + " bytes");
    }
  }
}
