package io.cairnfs.client.fsck;

import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.fsck.StripeSurvey.Standing;
import io.cairnfs.client.namespace.NamespaceException;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.erasure.Shard;
import io.cairnfs.protocol.erasure.Stripe;
import io.cairnfs.protocol.ipld.CborException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Checks that stripes have all of their shards, and makes anew those that are missing. A shard that
 * is replicated as other blocks are, because it was received from elsewhere, needs no stripe. For
 * one thread.
 */
final class StripeCheck {

  /** Stripes that are remembered until they are checked, with who refers to them. */
  private static final int BATCH = 4096;

  /** Says where a file refers to a block, for people. */
  @FunctionalInterface
  interface Place {
    String describe() throws NamespaceException, InterruptedException;
  }

  /** Where a file refers to a shard. */
  private record Use(Shard shard, Place place) {}

  private final StripeSurvey survey;
  private final ReplicaSurvey blocks;
  private final boolean read;
  private final boolean repair;
  private final Findings findings;
  private final Map<Cid, List<Use>> batch = new LinkedHashMap<>();
  private final TreeSet<String> silent = new TreeSet<>();
  private long missing;
  private long made;
  private long unchecked;

  StripeCheck(
      StripeSurvey survey, ReplicaSurvey blocks, boolean read, boolean repair, Findings findings) {
    this.survey = survey;
    this.blocks = blocks;
    this.read = read;
    this.repair = repair;
    this.findings = findings;
  }

  /** A file refers to a block in a stripe. */
  void add(Shard shard, Place place) throws NamespaceException, InterruptedException {
    batch.computeIfAbsent(shard.stripe(), key -> new ArrayList<>(1)).add(new Use(shard, place));
    if (batch.size() >= BATCH) {
      flush();
    }
  }

  private void flush() throws NamespaceException, InterruptedException {
    for (Map.Entry<Cid, List<Use>> one : batch.entrySet()) {
      check(one.getKey(), one.getValue());
    }
    batch.clear();
  }

  private void check(Cid name, List<Use> uses) throws NamespaceException, InterruptedException {
    Stripe stripe;
    try {
      stripe = Stripe.decode(survey.descriptions().read(name));
    } catch (BlockException e) {
      if (e.reason() == BlockException.Reason.NOT_FOUND) {
        findings.left(
            uses.getFirst().place().describe()
                + ": the description of stripe "
                + name
                + " is lost; the file can be read as long as its own shard is there");
      } else {
        unchecked++;
      }
      return;
    } catch (CborException e) {
      findings.left(uses.getFirst().place().describe() + ": " + name + " describes no stripe");
      return;
    }
    check(survey.check(name, stripe, read), uses);
  }

  private void check(Standing standing, List<Use> uses)
      throws NamespaceException, InterruptedException {
    silent.addAll(ReplicaSurvey.names(standing.silent()));
    if (standing.missing().isEmpty() || areReplicated(uses)) {
      return;
    }
    if (!standing.isWhole() && standing.silent().isEmpty()) {
      for (Use use : uses) {
        if (standing.missing().contains(use.shard().index())) {
          findings.left(
              use.place().describe()
                  + ": lost, only "
                  + standing.holders().size()
                  + " shards of stripe "
                  + standing.name()
                  + " are left");
        }
      }
      return;
    }
    missing += standing.missing().size();
    made += repair && standing.isWhole() ? survey.rebuild(standing) : 0;
  }

  private boolean areReplicated(List<Use> uses) throws InterruptedException {
    List<Cid> shards = uses.stream().map(use -> use.shard().cid()).distinct().toList();
    return blocks.check(shards, read).stream()
        .allMatch(block -> block.lacking().isEmpty() && !block.having().isEmpty());
  }

  /** Stripes whose description no node that answers could give. */
  long unchecked() {
    return unchecked;
  }

  /** Checks what is left, and tells what is missing. */
  void finish() throws NamespaceException, InterruptedException {
    flush();
    String what = " shards of stripes are on no node that answers";
    if (made > 0 || (!repair && missing > 0)) {
      findings.mendable((repair ? made : missing) + what, "made from others");
    }
    if (repair && made < missing) {
      findings.left((missing - made) + what + ", and no other node takes them");
    }
  }

  /** The nodes that did not answer. */
  List<String> silentNodes() {
    return List.copyOf(silent);
  }
}
