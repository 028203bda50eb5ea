package io.cairnfs.client.tidy;

import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.content.Content;
import io.cairnfs.client.content.Repack;
import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.client.namespace.Transaction;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Bytes that get another place, together in one block: planned from extents as they were, then
 * copied, then put in the place of those extents that still are what they were. What a program has
 * written in between thus stays, and nothing but extents changes. For one thread.
 */
final class Rewrite {

  /**
   * Pieces of one rewrite: with their extents and tokens they stay far below the largest
   * transaction.
   */
  static final int MAX_PIECES = 1024;

  /**
   * A range of a file that becomes one extent.
   *
   * @param before what it is now, in order and without gaps
   */
  private record Piece(List<FileExtent> before) {

    long from() {
      return before.getFirst().offset();
    }

    long to() {
      return before.getLast().end();
    }

    List<Extent> source() {
      return before.stream().map(FileExtent::extent).toList();
    }

    int length() {
      return Math.toIntExact(to() - from());
    }
  }

  private record Placed(Piece piece, Extent.InBlock extent) {}

  private final Map<Long, List<Piece>> pieces = new TreeMap<>();
  private final Map<Long, List<Placed>> placed = new TreeMap<>();
  private int count;
  private long bytes;

  /** Adds neighbouring extents of a file, to become one. */
  void add(long inode, List<FileExtent> before) {
    Piece piece = new Piece(List.copyOf(before));
    pieces.computeIfAbsent(inode, key -> new ArrayList<>()).add(piece);
    count++;
    bytes += piece.length();
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** Whether so many bytes more would still fit the block. */
  boolean hasRoomFor(long more) {
    return count < MAX_PIECES && bytes + more <= Fragments.CHUNK_BYTES;
  }

  /** Bytes that are moved. */
  long bytes() {
    return bytes;
  }

  /** The files that it is about. */
  Iterable<Long> inodes() {
    return pieces.keySet();
  }

  /**
   * Reads the bytes and stores them in a block of their own, which nothing refers to yet. The new
   * extents refer to it as to a block on its way, so that the head learns which sweep it was
   * claimed with.
   */
  void copy(Content content, Duration timeout) throws BlockException, InterruptedException {
    Repack repack = content.newRepack();
    Map<Long, List<Placed>> pending = new TreeMap<>();
    Map<List<Extent>, Extent.InBlock> copies = new HashMap<>(); // what files share stays shared
    for (Map.Entry<Long, List<Piece>> file : pieces.entrySet()) {
      List<Placed> of = pending.computeIfAbsent(file.getKey(), key -> new ArrayList<>());
      for (Piece piece : file.getValue()) {
        Extent.InBlock extent = copies.get(piece.source());
        if (extent == null) {
          ByteBuffer read = ByteBuffer.allocate(piece.length());
          content.read(piece.before(), null, piece.from(), read, null);
          extent = repack.add(read.array(), count == 1 || piece.from() > 0);
        }
        if (extent != null) {
          copies.put(piece.source(), extent);
          of.add(new Placed(piece, extent));
        }
      }
    }
    repack.store(timeout);
    placed.putAll(pending);
  }

  /**
   * Puts the new extents of one file in the place of the old ones. Reads those in the transaction,
   * so that it conflicts with whoever writes to the file at the same time, and comes again.
   *
   * @param compare never false but to show that tests notice
   * @return bytes that were moved; the rest has changed meanwhile
   */
  long apply(Transaction tx, long inode, boolean compare) {
    long moved = 0;
    for (Placed one : placed.getOrDefault(inode, List.of())) {
      Piece piece = one.piece();
      if (!compare || isUnchanged(piece.before(), tx.extents(inode, piece.from(), piece.to()))) {
        tx.putExtent(inode, piece.from(), one.extent());
        moved += piece.length();
      }
    }
    tx.contentOf(inode);
    return moved;
  }

  private static boolean isUnchanged(List<FileExtent> before, List<FileExtent> now) {
    if (before.size() != now.size()) {
      return false;
    }
    for (int i = 0; i < before.size(); i++) {
      if (before.get(i).offset() != now.get(i).offset()
          || !Movable.isSame(before.get(i).extent(), now.get(i).extent())) {
        return false;
      }
    }
    return true;
  }
}
