package io.cairnfs.protocol.identity;

/**
 * The id of a node or client: SHA-256 of its raw 32-byte Ed25519 public key. Nobody can choose or
 * take one.
 *
 * @param key the id as a point of the key space
 */
public record NodeId(Key256 key) implements Comparable<NodeId> {

  /** Parses the text form of {@link #toString}. */
  public static NodeId parse(String hex) {
    return new NodeId(Key256.parse(hex));
  }

  @Override
  public int compareTo(NodeId other) {
    return key.compareTo(other.key);
  }

  /** 64 hexadecimal digits. */
  @Override
  public String toString() {
    return key.toString();
  }
}
