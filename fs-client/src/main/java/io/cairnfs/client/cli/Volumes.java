package io.cairnfs.client.cli;

import io.cairnfs.client.head.RemoteHead;
import io.cairnfs.client.head.RemoteRecovery;
import io.cairnfs.client.head.RemoteSnapshots;
import io.cairnfs.protocol.cell.CellId;
import io.cairnfs.protocol.erasure.Erasure;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.FoundingSignature;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.RecoveryMessages;
import io.cairnfs.protocol.head.SignedQuota;
import io.cairnfs.protocol.head.TreeOrigin;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.VolumeInfo;
import io.cairnfs.protocol.head.message.HeadRecord;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Peer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The volumes of a cluster: found, listed and found again by name or id. */
final class Volumes {

  /** For one question to one node: a person waits. */
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** More than this many copies are a typing error rather than a wish. */
  private static final int MAX_REPLICATION = 16;

  private final Cluster cluster;
  private final CellSearch search;
  private final List<String> silent = new ArrayList<>();

  Volumes(Cluster cluster) {
    this.cluster = cluster;
    this.search = new CellSearch(cluster);
  }

  /** All volumes whose voters answer, by name. */
  List<VolumeInfo> list() throws IOException, InterruptedException {
    silent.clear();
    Map<VolumeId, VolumeInfo> volumes = new LinkedHashMap<>();
    List<Cluster.Member> voters = cluster.voters();
    for (Cluster.Member voter : voters) {
      if (!voter.up()) {
        silent.add(voter + " (down)");
        continue;
      }
      try {
        for (VolumeInfo volume : head(List.of(voter.peer())).list(TIMEOUT)) {
          volumes.merge(volume.founding().volume(), volume, Volumes::later);
        }
      } catch (HeadException e) {
        silent.add(voter + " (" + e.getMessage() + ")");
      }
    }
    if (silent.size() == voters.size()) {
      throw new IOException("no node answers about volumes: " + silent);
    }
    return volumes.values().stream()
        .sorted((a, b) -> a.founding().name().compareTo(b.founding().name()))
        .toList();
  }

  /** Voters that do not lead may not know the latest. */
  private static VolumeInfo later(VolumeInfo a, VolumeInfo b) {
    if (a.founding().move() != b.founding().move()) {
      return a.founding().move() > b.founding().move() ? a : b;
    }
    return a.state().sequence() > b.state().sequence() ? a : b;
  }

  /**
   * The volumes of these names or ids; all of them if there are none.
   *
   * @throws CommandException if one of them does not exist
   */
  List<VolumeInfo> choose(List<String> wanted)
      throws IOException, InterruptedException, CommandException {
    List<VolumeInfo> all = list();
    if (wanted.isEmpty()) {
      return all;
    }
    List<VolumeInfo> chosen = new ArrayList<>();
    for (String nameOrId : wanted) {
      chosen.add(choose(all, nameOrId));
    }
    return chosen;
  }

  /** The nodes that did not answer the last listing, and why. */
  List<String> silent() {
    return List.copyOf(silent);
  }

  /**
   * The record of the volume of this name or id. An id is found by the record that the volume
   * signed, also while its voters are down; a name only by asking them.
   *
   * @throws CommandException if there is none or more than one
   */
  Founding find(String nameOrId) throws IOException, InterruptedException, CommandException {
    VolumeId id = idOrNull(nameOrId);
    Optional<Founding> signed = id == null ? Optional.empty() : cluster.founding(id);
    return signed.isPresent() ? signed.get() : listed(nameOrId).founding();
  }

  private static @Nullable VolumeId idOrNull(String nameOrId) {
    try {
      return VolumeId.parse(nameOrId);
    } catch (IllegalArgumentException e) {
      return null; // a name
    }
  }

  /**
   * How the volume of this name or id is.
   *
   * @throws CommandException if there is none or more than one, or its voter does not answer
   */
  VolumeInfo info(String nameOrId) throws IOException, InterruptedException, CommandException {
    Founding founding = find(nameOrId);
    try {
      return new RemoteHead(cluster.transport(), cluster.place(founding))
          .info(founding.volume(), TIMEOUT);
    } catch (HeadException e) {
      if (e.reason() == HeadException.Reason.UNAVAILABLE) {
        throw unreachable(founding, TIMEOUT, e);
      }
      throw e;
    }
  }

  /** Bounds what a volume holds. */
  void setQuota(Founding founding, SignedQuota quota)
      throws IOException, InterruptedException, CommandException {
    try {
      new RemoteHead(cluster.transport(), cluster.place(founding)).setQuota(quota, TIMEOUT);
    } catch (HeadException e) {
      if (e.reason() == HeadException.Reason.UNAVAILABLE) {
        throw unreachable(founding, TIMEOUT, e);
      }
      throw e;
    }
  }

  /** A volume's voters did not answer: says which. */
  CommandException unreachable(Founding founding, Duration waited, HeadException failure)
      throws InterruptedException {
    List<Cluster.Member> found = cluster.voters(founding);
    List<String> voters = new ArrayList<>();
    for (NodeId id : cluster.voterIds(founding)) {
      voters.add(
          found.stream()
              .filter(voter -> voter.id().equals(id))
              .map(Cluster.Member::toString)
              .findFirst()
              .orElse(id + ", whose address no node knows any more"));
    }
    return new CommandException(
        "volume '"
            + founding.name()
            + "': no answer within "
            + waited.toSeconds()
            + (voters.size() > 1
                ? " s from a majority of the nodes that host it, "
                : " s from the node that hosts it, ")
            + String.join("; ", voters)
            + (voters.size() > 1 ? "; start those that are down" : "; start that node"),
        failure);
  }

  private VolumeInfo listed(String nameOrId)
      throws IOException, InterruptedException, CommandException {
    return choose(list(), nameOrId);
  }

  private VolumeInfo choose(List<VolumeInfo> all, String nameOrId) throws CommandException {
    Optional<VolumeInfo> byId =
        all.stream().filter(v -> v.founding().volume().toString().equals(nameOrId)).findFirst();
    if (byId.isPresent()) {
      return byId.get();
    }
    List<VolumeInfo> named =
        all.stream().filter(v -> v.founding().name().equals(nameOrId)).toList();
    if (named.size() > 1) {
      List<VolumeId> ids = named.stream().map(v -> v.founding().volume()).toList();
      throw new CommandException(
          "several volumes are named '" + nameOrId + "'; name one by its id: " + ids);
    }
    if (named.isEmpty()) {
      throw new CommandException(
          "no volume '"
              + nameOrId
              + "'"
              + (silent.isEmpty()
                  ? ""
                  : " on the nodes that answer; if it is on one that does not, start that or name"
                      + " the volume by its id: "
                      + String.join("; ", silent))
              + "; cairn volume list shows those there are");
    }
    return named.getFirst();
  }

  /**
   * Founds a volume in the cell that is closest to its id; where there are no cells, at the voter
   * that is.
   *
   * @param key kept already: a volume whose key is lost would have no owner
   */
  Founding found(Identity key, String name, int replication, @Nullable Erasure erasure)
      throws IOException, InterruptedException, CommandException {
    return found(
        key,
        name,
        replication,
        erasure,
        (voters, founding) -> head(voters).found(founding, TIMEOUT));
  }

  /** As the other one, on a tree whose blocks are there. */
  Founding foundOn(
      Identity key, String name, int replication, @Nullable Erasure erasure, TreeOrigin origin)
      throws IOException, InterruptedException, CommandException {
    return found(
        key,
        name,
        replication,
        erasure,
        (voters, founding) ->
            new RemoteSnapshots(cluster.transport(), () -> voters)
                .foundOn(founding, origin, TIMEOUT));
  }

  /** What founds a volume at its voters. */
  @FunctionalInterface
  private interface Founder {
    void found(List<Peer> voters, Founding founding) throws HeadException, InterruptedException;
  }

  private Founding found(
      Identity key, String name, int replication, @Nullable Erasure erasure, Founder founder)
      throws IOException, InterruptedException, CommandException {
    return found(sign(key, name, replication, erasure, Instant.now(), 0, 0), founder);
  }

  /**
   * Founds a volume again as it was kept, where it would be founded now.
   *
   * @param key its key
   * @param head complete
   * @param latest of the founding records that it had
   */
  Founding foundAgain(Identity key, HeadRecord head, Founding latest)
      throws IOException, InterruptedException, CommandException {
    Founding before = HeadMessages.decode(head.getFounding());
    return found(
        sign(
            key,
            before.name(),
            before.replication(),
            before.erasure(),
            before.created(),
            latest.move() + 1,
            latest.epoch() + 1),
        (voters, founding) ->
            new RemoteRecovery(cluster.transport(), () -> voters)
                .recover(RecoveryMessages.sign(founding, head, key), TIMEOUT));
  }

  /** The founding record of a volume in the place that is closest to its id. */
  private Founding sign(
      Identity key,
      String name,
      int replication,
      @Nullable Erasure erasure,
      Instant created,
      long move,
      long epoch)
      throws IOException, InterruptedException, CommandException {
    VolumeId volume = VolumeKeys.idOf(key);
    Key256 place = Key256.of(volume.toBytes());
    Optional<CellId> cell = search.closest(place);
    List<NodeId> alone = cell.isPresent() ? List.of() : List.of(closestVoter(place));
    return FoundingSignature.sign(
        new Founding(
            volume,
            name,
            alone,
            cell.orElse(null),
            move,
            replication,
            created,
            epoch,
            erasure,
            new byte[0]),
        key);
  }

  private Founding found(Founding founding, Founder founder)
      throws IOException, InterruptedException {
    founder.found(cluster.voters(founding).stream().map(Cluster.Member::peer).toList(), founding);
    cluster.publish(founding);
    return founding;
  }

  private NodeId closestVoter(Key256 place) throws CommandException {
    return cluster.voters().stream()
        .filter(node -> node.up() && node.active())
        .map(Cluster.Member::id)
        .min((a, b) -> place.compareDistance(a.key(), b.key()))
        .orElseThrow(() -> new CommandException("no node that hosts volumes is up"));
  }

  /**
   * @throws CommandException if a volume of one of these names answers, or a name is there twice
   */
  void requireUnused(List<String> names)
      throws IOException, InterruptedException, CommandException {
    Set<String> wanted = new HashSet<>();
    for (String name : names) {
      if (!wanted.add(name)) {
        throw new CommandException(ExitCode.USAGE, "'" + name + "' is named twice", null);
      }
    }
    for (VolumeInfo other : list()) {
      if (wanted.contains(other.founding().name())) {
        throw new CommandException(
            "a volume '"
                + other.founding().name()
                + "' exists already: "
                + other.founding().volume());
      }
    }
  }

  /**
   * @throws CommandException if no volume has so many replicas
   */
  static void checkReplication(int copies) throws CommandException {
    if (copies < 1 || copies > MAX_REPLICATION) {
      throw new CommandException(
          ExitCode.USAGE, "--replication is from 1 to " + MAX_REPLICATION, null);
    }
  }

  /**
   * Reads how cold blocks are to be coded.
   *
   * @throws CommandException if it is nothing that can be, or loses more easily than replicas do
   */
  static Erasure erasure(String text, int copies) throws CommandException {
    try {
      Erasure erasure = Erasure.parse(text);
      if (erasure.parityShards() < copies - 1) {
        throw new CommandException(
            ExitCode.USAGE,
            "--erasure "
                + text
                + " bears the loss of fewer nodes than "
                + copies
                + " replicas do: take "
                + erasure.dataShards()
                + "+"
                + (copies - 1)
                + ", or say --replication "
                + (erasure.parityShards() + 1),
            null);
      }
      return erasure;
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, "--erasure: " + e.getMessage(), e);
    }
  }

  /**
   * @throws CommandException if it is no name for a volume
   */
  static void checkName(String name) throws CommandException {
    if (name.isBlank()
        || name.startsWith("-")
        || name.indexOf('/') >= 0
        || name.chars().anyMatch(Character::isISOControl)
        || name.getBytes(StandardCharsets.UTF_8).length > HeadLimits.MAX_NAME_BYTES) {
      throw new CommandException(
          ExitCode.USAGE,
          "'" + name + "' is no name for a volume: no slash, no leading hyphen, not too long",
          null);
    }
  }

  private RemoteHead head(List<Peer> voters) {
    return new RemoteHead(cluster.transport(), () -> voters);
  }
}
