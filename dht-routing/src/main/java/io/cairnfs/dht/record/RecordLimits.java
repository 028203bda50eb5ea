package io.cairnfs.dht.record;

/** Bounds of a node record. */
public final class RecordLimits {

  /** A machine has a handful of interfaces; more would let one record crowd a reply. */
  public static final int MAX_ADDRESSES = 8;

  /** Longest zone name in characters: room for a path such as region/site/rack. */
  public static final int MAX_ZONE_LENGTH = 64;

  /** Longest host name in characters, as in RFC 1035. */
  public static final int MAX_HOST_LENGTH = 253;

  /**
   * Longest encoded body in bytes: the other limits together, and room for fields of later
   * versions.
   */
  public static final int MAX_BODY_BYTES = 4096;

  /** A month: a node that is dead must not keep its place for ever. */
  public static final long MAX_GRACE_MILLIS = 30L * 24 * 3_600_000;

  private RecordLimits() {}
}
