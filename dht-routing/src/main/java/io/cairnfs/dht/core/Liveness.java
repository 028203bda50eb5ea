package io.cairnfs.dht.core;

/** What is known of a peer's health. */
public enum Liveness {
  /** It answered when it was last asked. */
  UP,
  /** It failed to answer, and is being asked again. */
  SUSPECT,
  /** It failed to answer repeatedly. */
  DOWN
}
