package io.cairnfs.node.head;

import io.cairnfs.dht.core.Output;
import io.cairnfs.dht.core.Value;
import io.cairnfs.dht.driver.DhtNode;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.message.CheckpointRecord;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the DHT keeps of volumes. Thread-safe. */
public final class DhtVolumes implements VolumeDirectory {

  private static final Logger LOG = LoggerFactory.getLogger(DhtVolumes.class);

  private final DhtNode dht;

  public DhtVolumes(DhtNode dht) {
    this.dht = dht;
  }

  @Override
  public Optional<Founding> founding(VolumeId volume, Duration timeout)
      throws InterruptedException {
    return Optional.ofNullable(get(FoundingValues.keyOf(volume), timeout))
        .map(FoundingValues::read)
        .filter(founding -> founding.volume().equals(volume));
  }

  @Override
  public Optional<CheckpointRecord> checkpoint(VolumeId volume, NodeId voter, Duration timeout)
      throws InterruptedException {
    return Optional.ofNullable(get(CheckpointValues.keyOf(volume, voter), timeout))
        .map(CheckpointValues::read);
  }

  private @Nullable Value get(Key256 key, Duration timeout) throws InterruptedException {
    try {
      return dht.getValue(key, timeout).value();
    } catch (WireException e) {
      LOG.warn("value {} cannot be read from the DHT: {}", key, e.getMessage());
      return null;
    }
  }

  @Override
  public boolean publish(CheckpointRecord checkpoint, Duration timeout)
      throws InterruptedException {
    try {
      Output.WriteDone done = dht.putValue(CheckpointValues.of(checkpoint), timeout);
      return 2 * done.stored() > done.asked();
    } catch (WireException e) {
      LOG.debug("a checkpoint is not in the DHT", e);
      return false;
    }
  }
}
