package io.cairnfs.dht.core;

import io.cairnfs.protocol.identity.Key256;

/** What one participant asks another. */
public sealed interface Request {

  record Ping() implements Request {}

  record FindNode(Key256 target) implements Request {}

  record PutValue(Value value) implements Request {}

  record GetValue(Key256 key) implements Request {}
}
