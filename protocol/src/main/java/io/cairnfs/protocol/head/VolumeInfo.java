package io.cairnfs.protocol.head;

/**
 * A volume as its head shows it to an operator.
 *
 * @param founding what was signed when it was founded
 * @param state where its head is
 * @param holder who has it mounted, such as {@code host:pid:/mnt}; empty if nobody
 */
public record VolumeInfo(Founding founding, HeadState state, String holder) {}
