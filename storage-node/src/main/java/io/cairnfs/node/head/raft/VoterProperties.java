package io.cairnfs.node.head.raft;

import io.cairnfs.protocol.transport.Limits;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys.LeaderElection;
import org.apache.ratis.server.RaftServerConfigKeys.Log;
import org.apache.ratis.server.RaftServerConfigKeys.Read;
import org.apache.ratis.server.RaftServerConfigKeys.RetryCache;
import org.apache.ratis.server.RaftServerConfigKeys.Rpc;
import org.apache.ratis.server.RaftServerConfigKeys.Snapshot;
import org.apache.ratis.server.RaftServerConfigKeys.ThreadPool;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** How Ratis is to behave. */
final class VoterProperties {

  /** Entries in one message: with what is around them they fit a frame. */
  private static final int APPEND_BYTES = Limits.MAX_BODIES_BYTES - (64 << 10);

  /** Ratis wants its buffer to have room for a message and a little more. */
  private static final int BUFFER_BYTES = APPEND_BYTES + (1 << 10);

  private static final int SNAPSHOT_CHUNK_BYTES = 2 << 20;

  private static final int SEGMENT_BYTES = 8 << 20;

  /** Closed segments whose entries stay in memory: for voters that lag behind a little. */
  private static final int CACHED_SEGMENTS = 2;

  private static final int PREALLOCATED_BYTES = 1 << 20;

  /** Threads of one group that execute requests; they hardly ever wait. */
  private static final int THREADS = 2;

  /** A process that was stopped, or a machine that slept, goes on afterwards. */
  private static final Duration NEVER = Duration.ofDays(3650);

  private VoterProperties() {}

  static RaftProperties of(Path directory, VoterTiming timing) {
    RaftProperties properties = new RaftProperties();
    RaftConfigKeys.Rpc.setType(properties, new TransportRpcType());
    RaftServerConfigKeys.setStorageDir(properties, List.of(directory.toFile()));
    RaftServerConfigKeys.setRemovedGroupsDir(properties, new File(directory.toFile(), "removed"));
    RaftServerConfigKeys.setCloseThreshold(properties, time(NEVER));
    elections(properties, timing);
    log(properties);
    // Clocks may stop with a virtual machine: reads ask the other voters rather than a lease.
    Read.setOption(properties, Read.Option.LINEARIZABLE);
    Read.setLeaderLeaseEnabled(properties, false);
    // Each proposal has a number of its own and is never repeated.
    RetryCache.setExpiryTime(properties, time(Duration.ofSeconds(2)));
    ThreadPool.setServerSize(properties, THREADS);
    ThreadPool.setClientSize(properties, THREADS);
    ThreadPool.setServerCached(properties, true);
    ThreadPool.setClientCached(properties, true);
    ThreadPool.setProxySize(properties, THREADS);
    return properties;
  }

  private static void elections(RaftProperties properties, VoterTiming timing) {
    Rpc.setTimeoutMin(properties, time(timing.electionMin()));
    Rpc.setTimeoutMax(properties, time(timing.electionMax()));
    // After a start there is most often no leader yet; one that there is keeps its place.
    Rpc.setFirstElectionTimeoutMin(properties, time(timing.electionMin().dividedBy(4)));
    Rpc.setFirstElectionTimeoutMax(properties, time(timing.electionMax().dividedBy(2)));
    Rpc.setRequestTimeout(properties, time(timing.call()));
    Rpc.setSlownessTimeout(properties, time(NEVER));
    LeaderElection.setPreVote(properties, true);
    // Newcomers know no members until a leader tells them, so that they elect nobody by themselves.
    LeaderElection.setMemberMajorityAdd(properties, true);
  }

  private static void log(RaftProperties properties) {
    Log.setSegmentSizeMax(properties, SizeInBytes.valueOf(SEGMENT_BYTES));
    Log.setSegmentCacheNumMax(properties, CACHED_SEGMENTS);
    Log.setPreallocatedSize(properties, SizeInBytes.valueOf(PREALLOCATED_BYTES));
    Log.setWriteBufferSize(properties, SizeInBytes.valueOf(BUFFER_BYTES));
    Log.setLogMetadataEnabled(properties, false);
    Log.setPurgeUptoSnapshotIndex(properties, true);
    Log.setPurgeGap(properties, 1);
    Log.Appender.setBufferByteLimit(properties, SizeInBytes.valueOf(APPEND_BYTES));
    Log.Appender.setSnapshotChunkSizeMax(properties, SizeInBytes.valueOf(SNAPSHOT_CHUNK_BYTES));
    Log.Appender.setWaitTimeMin(properties, time(Duration.ZERO));
    Snapshot.setTriggerWhenStopEnabled(properties, false);
    Snapshot.setTriggerWhenRemoveEnabled(properties, false);
    Snapshot.setRetentionFileNum(properties, 1);
    Snapshot.setCreationGap(properties, 1);
  }

  private static TimeDuration time(Duration duration) {
    return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
  }
}
