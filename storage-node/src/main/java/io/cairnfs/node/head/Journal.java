package io.cairnfs.node.head;

import io.cairnfs.protocol.head.VolumeId;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the log of a cell rests: numbered commands, the bodies of their commits beside them, and
 * one snapshot that stands for all commands up to its own. A body is written once; it stays where
 * it is when a snapshot replaces its command, until it is folded.
 *
 * <p>{@link #append} and {@link #save} come from one thread; {@link #bodies} from any. All of them
 * may wait for a disk.
 */
public interface Journal extends AutoCloseable {

  /**
   * One command of the log.
   *
   * @param index its number; numbers have no gaps
   * @param command encoded
   * @param bodies joined bodies of a commit; null for other commands
   */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  record Entry(long index, byte[] command, @Nullable Bodies bodies) {}

  /**
   * What commits carry beside their command, under the volume that they belong to.
   *
   * @param index as {@link io.cairnfs.node.head.machine.HeadMachine#bodyIndex}
   */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  record Bodies(VolumeId volume, long index, byte[] joined) {}

  /** Takes the commands of a replay, in order. */
  @FunctionalInterface
  interface Replay {
    void command(long index, byte[] command) throws IOException;
  }

  /**
   * Adds commands, all or none.
   *
   * @param durable whether to return only when these and all before them are on disk; a crash loses
   *     those that are not, from the end
   * @throws IOException if they may be there or not: the journal must be opened anew
   */
  void append(List<Entry> entries, boolean durable) throws IOException;

  /**
   * The joined bodies that a command brought; null if they are not, or no longer, kept.
   *
   * @throws JournalDamageException if they are not what was written
   */
  byte @Nullable [] bodies(VolumeId volume, long index) throws IOException;

  /**
   * The records of the last saved snapshot; empty if none was.
   *
   * @throws JournalDamageException if they are not what was written
   */
  List<byte[]> snapshot() throws IOException;

  /**
   * Reads the commands after a number.
   *
   * @throws JournalDamageException if one is missing or is not what was written
   */
  void replay(long after, Replay replay) throws IOException;

  /**
   * Replaces the snapshot, durably and at once, and drops what it stands for.
   *
   * @param index the last command that it includes; no command up to it is kept
   * @param oldestBodies for each volume the first command whose bodies are kept
   */
  void save(long index, List<byte[]> snapshot, Map<VolumeId, Long> oldestBodies) throws IOException;

  @Override
  void close();
}
