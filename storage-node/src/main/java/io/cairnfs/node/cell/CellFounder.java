package io.cairnfs.node.cell;

import com.google.protobuf.ByteString;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.node.cell.CellPeers.Candidate;
import io.cairnfs.protocol.cell.CellId;
import io.cairnfs.protocol.cell.CellLimits;
import io.cairnfs.protocol.cell.CellMembers;
import io.cairnfs.protocol.cell.CellRecord;
import io.cairnfs.protocol.cell.message.CellHistory;
import io.cairnfs.protocol.cell.message.CellMembership;
import io.cairnfs.protocol.cell.message.JoinRequest;
import io.cairnfs.protocol.cell.message.MemberSignature;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.NodeId;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Founds cells together with other nodes. */
final class CellFounder {

  private static final Logger LOG = LoggerFactory.getLogger(CellFounder.class);

  /** A node whose turn it is to found a cell, and that does not, is waited for so long. */
  private static final Duration TURN = Duration.ofSeconds(20);

  private static final int NONCE_BYTES = 16;

  private final Cells cells;
  private final CellPeers peers;
  private final Identity self;
  private final CellStart start;
  private final long startNanos = System.nanoTime();

  CellFounder(Cells cells, CellPeers peers, Identity self, CellStart start) {
    this.cells = cells;
    this.peers = peers;
    this.self = self;
    this.start = start;
  }

  /**
   * Founds a cell, if there are too few and it is this node's turn: that of the smallest id among
   * those in no cell. Where there is no cell at all and no two others to found one with, this node
   * founds it alone, and the cell grows when others come.
   */
  void form() throws IOException, InterruptedException {
    List<Candidate> candidates = peers.candidates();
    long present = candidates.stream().flatMap(one -> one.cells().stream()).distinct().count();
    if (present >= Math.max(1, (candidates.size() + 1) / CellLimits.MEMBERS)) {
      return;
    }
    boolean patient = System.nanoTime() - startNanos < TURN.toNanos();
    boolean othersTurn =
        candidates.stream()
            .anyMatch(one -> one.cells().isEmpty() && one.node().id().compareTo(self.id()) < 0);
    if (othersTurn && patient) {
      return;
    }
    List<Candidate> chosen = choose(candidates, CellLimits.MEMBERS - 1, List.of(self.id()));
    if (chosen.size() == CellLimits.MEMBERS - 1) {
      found(chosen);
    } else if (start == CellStart.FIRST
        || (!patient && (start == CellStart.BEGINNER || !candidates.isEmpty()))) {
      found(List.of());
    }
  }

  private void found(List<Candidate> others) throws IOException {
    found(cells, self, others.stream().map(Candidate::key).toList());
  }

  /**
   * Begins a cell of this node and others; the keeper goes on.
   *
   * @param others their public keys
   * @return null if this node is in as many cells as it may
   */
  static @Nullable HostedCell found(Cells cells, Identity self, List<ByteString> others)
      throws IOException {
    List<ByteString> keys = new ArrayList<>(others);
    keys.add(ByteString.copyFrom(self.publicKey()));
    byte[] nonce = new byte[NONCE_BYTES];
    new SecureRandom().nextBytes(nonce);
    CellHistory founding =
        CellHistory.newBuilder()
            .setNonce(ByteString.copyFrom(nonce))
            .addMembership(CellMembership.newBuilder().addAllMember(CellMembers.sorted(keys)))
            .build();
    CellId id = CellMembers.idOf(founding);
    LOG.info("founding cell {}", id);
    return cells.join(id, founding);
  }

  /**
   * Members that a cell could have besides those that it has: of different zones, while these last.
   *
   * @param count how many at most
   */
  static List<Candidate> choose(List<Candidate> candidates, int count, List<NodeId> members) {
    List<Candidate> chosen = new ArrayList<>();
    Set<String> zones = new HashSet<>();
    candidates.stream()
        .filter(candidate -> members.contains(candidate.node().id()))
        .forEach(member -> zones.add(member.node().zone()));
    for (boolean newZoneOnly : new boolean[] {true, false}) {
      for (Candidate candidate : candidates) {
        if (chosen.size() < count
            && candidate.hasRoom()
            && !chosen.contains(candidate)
            && !members.contains(candidate.node().id())
            && (zones.add(candidate.node().zone()) || !newZoneOnly)) {
          chosen.add(candidate);
        }
      }
    }
    return chosen;
  }

  /**
   * Has the founders join and sign.
   *
   * @return the record, once all of them have: otherwise the cell would begin without a spare
   */
  Optional<CellRecord> complete(HostedCell cell) throws InterruptedException {
    List<ByteString> keys = cell.founding().getMembership(0).getMemberList();
    JoinRequest request =
        JoinRequest.newBuilder()
            .setCell(CellService.encode(cell.id()))
            .setFounding(cell.founding())
            .build();
    List<MemberSignature> signatures = new ArrayList<>();
    // In the order of the keys, so that all founders come to the same record.
    for (ByteString key : keys) {
      NodeId member = NodeId.ofPublicKey(key.toByteArray());
      Optional<NodeRecord> node = peers.find(member);
      if (member.equals(self.id())) {
        signatures.add(CellPeers.own(self, cell.id(), 1, keys));
      } else if (node.isPresent()) {
        peers.sign(node.get(), request).ifPresent(signatures::add);
      }
    }
    if (signatures.size() < keys.size()) {
      return Optional.empty();
    }
    CellMembership signed =
        CellMembership.newBuilder().addAllMember(keys).addAllSignature(signatures).build();
    return Optional.of(CellRecord.of(cell.founding().toBuilder().setMembership(0, signed).build()));
  }
}
