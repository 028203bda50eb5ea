package io.cairnfs.node.store;

import java.nio.ByteBuffer;

/**
 * Sums over the index, written with every change of it so that opening needs no scan.
 *
 * @param lastArrival the largest number that an arrival was given, also if that block is gone
 * @param bytes of bodies, garbage included
 * @param garbageBytes of bodies that nothing holds
 * @param deadBytes of bodies that were removed from the database and may still be in its files
 */
record Counters(
    long lastArrival,
    long blocks,
    long bytes,
    long quarantined,
    long garbageBlocks,
    long garbageBytes,
    long deadBytes) {

  static final Counters ZERO = new Counters(0, 0, 0, 0, 0, 0, 0);

  byte[] encode() {
    return ByteBuffer.allocate(7 * Long.BYTES)
        .putLong(lastArrival)
        .putLong(blocks)
        .putLong(bytes)
        .putLong(quarantined)
        .putLong(garbageBlocks)
        .putLong(garbageBytes)
        .putLong(deadBytes)
        .array();
  }

  static Counters decode(byte[] encoded) {
    ByteBuffer buffer = ByteBuffer.wrap(encoded);
    return new Counters(
        buffer.getLong(),
        buffer.getLong(),
        buffer.getLong(),
        buffer.getLong(),
        buffer.getLong(),
        buffer.getLong(),
        buffer.getLong());
  }

  Counters withLastArrival(long number) {
    return new Counters(number, blocks, bytes, quarantined, garbageBlocks, garbageBytes, deadBytes);
  }

  Counters plus(int moreBlocks, long moreBytes) {
    return new Counters(
        lastArrival,
        blocks + moreBlocks,
        bytes + moreBytes,
        quarantined,
        garbageBlocks,
        garbageBytes,
        deadBytes);
  }

  Counters plusQuarantined(int more) {
    return new Counters(
        lastArrival, blocks, bytes, quarantined + more, garbageBlocks, garbageBytes, deadBytes);
  }

  Counters plusGarbage(int moreBlocks, long moreBytes) {
    return new Counters(
        lastArrival,
        blocks,
        bytes,
        quarantined,
        garbageBlocks + moreBlocks,
        garbageBytes + moreBytes,
        deadBytes);
  }

  Counters plusDead(long moreBytes) {
    return new Counters(
        lastArrival,
        blocks,
        bytes,
        quarantined,
        garbageBlocks,
        garbageBytes,
        deadBytes + moreBytes);
  }
}
