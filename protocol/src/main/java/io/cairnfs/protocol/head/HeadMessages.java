package io.cairnfs.protocol.head;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.cairnfs.protocol.cell.CellId;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.erasure.Erasure;
import io.cairnfs.protocol.head.message.CommitHeader;
import io.cairnfs.protocol.head.message.FoundingRecord;
import io.cairnfs.protocol.head.message.OutcomeRun;
import io.cairnfs.protocol.head.message.QuotaAmount;
import io.cairnfs.protocol.head.message.SetQuotaRequest;
import io.cairnfs.protocol.head.message.UsageAmount;
import io.cairnfs.protocol.head.message.VolumeDescription;
import io.cairnfs.protocol.head.message.VolumeState;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Turns the values of the head port into messages and back. Every {@code decode} throws {@link
 * IllegalArgumentException} for a message that no {@code encode} makes.
 */
public final class HeadMessages {

  private static final int SESSION_BYTES = 2 * Long.BYTES;

  private HeadMessages() {}

  public static ByteString encode(VolumeId volume) {
    return UnsafeByteOperations.unsafeWrap(volume.toBytes());
  }

  public static VolumeId decodeVolume(ByteString bytes) {
    return VolumeId.of(bytes.toByteArray());
  }

  public static ByteString encode(SessionId session) {
    byte[] bytes = new byte[SESSION_BYTES];
    ByteBuffer.wrap(bytes)
        .putLong(session.value().getMostSignificantBits())
        .putLong(session.value().getLeastSignificantBits());
    return UnsafeByteOperations.unsafeWrap(bytes);
  }

  public static SessionId decodeSession(ByteString bytes) {
    if (bytes.size() != SESSION_BYTES) {
      throw new IllegalArgumentException("a session id has 16 bytes, not " + bytes.size());
    }
    ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
    return new SessionId(new UUID(buffer.getLong(), buffer.getLong()));
  }

  public static ByteString encode(ChainHash chain) {
    return UnsafeByteOperations.unsafeWrap(chain.toBytes());
  }

  public static ChainHash decodeChain(ByteString bytes) {
    return ChainHash.of(bytes.toByteArray());
  }

  public static ByteString encodeRoot(@Nullable Cid root) {
    return root == null ? ByteString.EMPTY : UnsafeByteOperations.unsafeWrap(root.toBytes());
  }

  public static @Nullable Cid decodeRoot(ByteString bytes) {
    return bytes.isEmpty() ? null : Cid.decode(bytes.toByteArray());
  }

  public static FoundingRecord encode(Founding founding) {
    Instant created = founding.created();
    FoundingRecord.Builder record =
        FoundingRecord.newBuilder()
            .setVolume(encode(founding.volume()))
            .setName(founding.name())
            .setMove(founding.move())
            .setReplication(founding.replication())
            .setEpoch(founding.epoch())
            .setCreatedSeconds(created.getEpochSecond())
            .setCreatedNanos(created.getNano())
            .setSignature(ByteString.copyFrom(founding.signature()));
    for (NodeId voter : founding.voters()) {
      record.addVoter(UnsafeByteOperations.unsafeWrap(voter.key().toBytes()));
    }
    CellId cell = founding.cell();
    if (cell != null) {
      record.setCell(UnsafeByteOperations.unsafeWrap(cell.key().toBytes()));
    }
    Erasure erasure = founding.erasure();
    if (erasure != null) {
      record.setDataShards(erasure.dataShards()).setParityShards(erasure.parityShards());
    }
    return record.build();
  }

  public static Founding decode(FoundingRecord record) {
    List<NodeId> voters =
        record.getVoterList().stream()
            .map(voter -> new NodeId(Key256.of(voter.toByteArray())))
            .toList();
    try {
      return new Founding(
          decodeVolume(record.getVolume()),
          record.getName(),
          voters,
          record.getCell().isEmpty() ? null : new CellId(Key256.of(record.getCell().toByteArray())),
          record.getMove(),
          record.getReplication(),
          Instant.ofEpochSecond(record.getCreatedSeconds(), record.getCreatedNanos()),
          record.getEpoch(),
          record.getDataShards() == 0 && record.getParityShards() == 0
              ? null
              : new Erasure(record.getDataShards(), record.getParityShards()),
          record.getSignature().toByteArray());
    } catch (DateTimeException | ArithmeticException e) {
      throw new IllegalArgumentException("a volume was not founded at such a time", e);
    }
  }

  public static UsageAmount encode(Usage usage) {
    return UsageAmount.newBuilder().setBytes(usage.bytes()).setInodes(usage.inodes()).build();
  }

  public static Usage decode(UsageAmount usage) {
    return new Usage(usage.getBytes(), usage.getInodes());
  }

  public static QuotaAmount encode(Quota quota) {
    return QuotaAmount.newBuilder()
        .setBytes(quota.bytes() == Quota.UNBOUNDED ? 0 : quota.bytes())
        .setInodes(quota.inodes() == Quota.UNBOUNDED ? 0 : quota.inodes())
        .build();
  }

  public static Quota decode(QuotaAmount quota) {
    return new Quota(
        quota.getBytes() == 0 ? Quota.UNBOUNDED : quota.getBytes(),
        quota.getInodes() == 0 ? Quota.UNBOUNDED : quota.getInodes());
  }

  public static SetQuotaRequest encode(SignedQuota quota) {
    return SetQuotaRequest.newBuilder()
        .setVolume(encode(quota.volume()))
        .setQuota(encode(quota.quota()))
        .setVersion(quota.version())
        .setSignature(ByteString.copyFrom(quota.signature()))
        .build();
  }

  public static SignedQuota decode(SetQuotaRequest request) {
    return new SignedQuota(
        decodeVolume(request.getVolume()),
        decode(request.getQuota()),
        request.getVersion(),
        request.getSignature().toByteArray());
  }

  public static VolumeState encode(HeadState state) {
    return VolumeState.newBuilder()
        .setRoot(encodeRoot(state.root()))
        .setRootSequence(state.rootSequence())
        .setRootChain(encode(state.rootChain()))
        .setSequence(state.sequence())
        .setChain(encode(state.chain()))
        .setUnfoldedBytes(state.unfoldedBytes())
        .setUsage(encode(state.usage()))
        .setQuota(encode(state.quota()))
        .setQuotaVersion(state.quotaVersion())
        .setSweep(state.sweep())
        .build();
  }

  public static HeadState decode(VolumeState state) {
    return new HeadState(
        decodeRoot(state.getRoot()),
        state.getRootSequence(),
        decodeChain(state.getRootChain()),
        state.getSequence(),
        decodeChain(state.getChain()),
        state.getUnfoldedBytes(),
        decode(state.getUsage()),
        decode(state.getQuota()),
        state.getQuotaVersion(),
        state.getSweep());
  }

  public static VolumeDescription encode(VolumeInfo info) {
    return VolumeDescription.newBuilder()
        .setFounding(encode(info.founding()))
        .setState(encode(info.state()))
        .setHolder(info.holder())
        .build();
  }

  public static VolumeInfo decode(VolumeDescription info) {
    return new VolumeInfo(decode(info.getFounding()), decode(info.getState()), info.getHolder());
  }

  /** A commit without its body, which travels beside the message: see {@link #joinBodies}. */
  public static CommitHeader encode(Commit commit) {
    CommitHeader.Builder header =
        CommitHeader.newBuilder()
            .setReadVersion(commit.readVersion())
            .addAllTokenRead(commit.tokensRead())
            .addAllTokenWritten(commit.tokensWritten())
            .setClaimEpoch(commit.claimEpoch())
            .setBodyLength(commit.body().length);
    if (!commit.usage().equals(Usage.NONE)) {
      header.setUsage(encode(commit.usage()));
    }
    return header.build();
  }

  /** The bodies of a batch as one. */
  public static byte[] joinBodies(List<Commit> batch) {
    ByteBuffer bodies =
        ByteBuffer.allocate(
            batch.stream().mapToInt(commit -> commit.body().length).reduce(0, Math::addExact));
    batch.forEach(commit -> bodies.put(commit.body()));
    return bodies.array();
  }

  /** The commits whose headers and joined bodies these are. */
  public static List<Commit> decode(List<CommitHeader> headers, byte[] bodies) {
    List<Commit> batch = new ArrayList<>(headers.size());
    int offset = 0;
    for (CommitHeader header : headers) {
      int length = header.getBodyLength();
      if (length < 0 || length > bodies.length - offset) {
        throw new IllegalArgumentException("the bodies are shorter than their commits say");
      }
      batch.add(
          new Commit(
              header.getReadVersion(),
              header.getTokenReadList(),
              header.getTokenWrittenList(),
              decode(header.getUsage()),
              header.getClaimEpoch(),
              Arrays.copyOfRange(bodies, offset, offset + length)));
      offset += length;
    }
    if (offset != bodies.length) {
      throw new IllegalArgumentException("the bodies are longer than their commits say");
    }
    return batch;
  }

  public static List<OutcomeRun> encode(Iterable<CommitOutcome> outcomes) {
    List<OutcomeRun> runs = new ArrayList<>();
    OutcomeRun.Builder run = OutcomeRun.newBuilder();
    for (CommitOutcome outcome : outcomes) {
      OutcomeRun.Kind kind = kind(outcome);
      long sequence = outcome instanceof CommitOutcome.Committed(long at) ? at : 0;
      boolean continues =
          run.getCount() > 0
              && kind == run.getKind()
              && (sequence == 0 || sequence == run.getFirstSequence() + run.getCount());
      if (!continues) {
        if (run.getCount() > 0) {
          runs.add(run.build());
        }
        run.setKind(kind).setFirstSequence(sequence).setCount(0);
      }
      run.setCount(run.getCount() + 1);
    }
    if (run.getCount() > 0) {
      runs.add(run.build());
    }
    return runs;
  }

  /**
   * @param limit how many outcomes there may be
   */
  public static List<CommitOutcome> decodeOutcomes(List<OutcomeRun> runs, int limit) {
    List<CommitOutcome> outcomes = new ArrayList<>();
    for (OutcomeRun run : runs) {
      if (run.getCount() < 0 || run.getCount() > limit - outcomes.size()) {
        throw new IllegalArgumentException("more than " + limit + " outcomes");
      }
      for (int i = 0; i < run.getCount(); i++) {
        outcomes.add(outcome(run, i));
      }
    }
    return outcomes;
  }

  private static OutcomeRun.Kind kind(CommitOutcome outcome) {
    return switch (outcome) {
      case CommitOutcome.Committed _ -> OutcomeRun.Kind.COMMITTED;
      case CommitOutcome.Conflict _ -> OutcomeRun.Kind.CONFLICT;
      case CommitOutcome.TooOld _ -> OutcomeRun.Kind.TOO_OLD;
      case CommitOutcome.NotAttempted _ -> OutcomeRun.Kind.NOT_ATTEMPTED;
      case CommitOutcome.OverQuota _ -> OutcomeRun.Kind.OVER_QUOTA;
    };
  }

  private static CommitOutcome outcome(OutcomeRun run, int i) {
    return switch (run.getKind()) {
      case COMMITTED -> new CommitOutcome.Committed(run.getFirstSequence() + i);
      case CONFLICT -> new CommitOutcome.Conflict();
      case TOO_OLD -> new CommitOutcome.TooOld();
      case NOT_ATTEMPTED -> new CommitOutcome.NotAttempted();
      case OVER_QUOTA -> new CommitOutcome.OverQuota();
      case KIND_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("an outcome that this version does not know");
    };
  }
}
