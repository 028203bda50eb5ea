package io.cairnfs.node.store;

import io.cairnfs.node.store.segment.ChunkSums;
import io.cairnfs.node.store.segment.Place;

/**
 * Where a body is in the segments, and what its parts sum up to.
 *
 * @param record where its record begins
 */
record SegmentBody(Place record, ChunkSums sums) {}
