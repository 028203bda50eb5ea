package io.cairnfs.node.store;

import io.cairnfs.protocol.identity.Key256;
import org.jspecify.annotations.Nullable;

/**
 * What was found by reading some blocks again.
 *
 * @param through the last of them; null if there are none after them
 * @param blocks how many were read
 * @param bytes sum of their lengths
 * @param damaged how many of them were found to be damaged, and are in quarantine
 */
public record ScrubPage(@Nullable Key256 through, int blocks, long bytes, int damaged) {}
