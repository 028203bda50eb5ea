package io.cairnfs.node.head;

import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.message.CheckpointRecord;
import io.cairnfs.protocol.identity.NodeId;
import java.time.Duration;
import java.util.Optional;

/** What everybody can find out about volumes without asking their heads. Thread-safe. */
public interface VolumeDirectory {

  /** Of a node that has nobody to keep anything for it. */
  VolumeDirectory NONE =
      new VolumeDirectory() {
        @Override
        public Optional<Founding> founding(VolumeId volume, Duration timeout) {
          return Optional.empty();
        }

        @Override
        public Optional<CheckpointRecord> checkpoint(
            VolumeId volume, NodeId voter, Duration timeout) {
          return Optional.empty();
        }

        @Override
        public boolean publish(CheckpointRecord checkpoint, Duration timeout) {
          return false;
        }
      };

  /** The founding record that holds; empty if there is none, or it cannot be known now. */
  Optional<Founding> founding(VolumeId volume, Duration timeout) throws InterruptedException;

  /**
   * The last checkpoint of a voter, signed by it; empty if there is none, or it cannot be known
   * now.
   */
  Optional<CheckpointRecord> checkpoint(VolumeId volume, NodeId voter, Duration timeout)
      throws InterruptedException;

  /**
   * Keeps a checkpoint in the place of the voter that signed it.
   *
   * @return whether more than half of the nodes that should keep it do
   */
  boolean publish(CheckpointRecord checkpoint, Duration timeout) throws InterruptedException;
}
