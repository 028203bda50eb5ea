package io.cairnfs.protocol.head;

import java.util.UUID;

/**
 * One mount of a volume, chosen at random by the client, so that opening is idempotent.
 *
 * @param value 128 random bits
 */
public record SessionId(UUID value) {

  public static SessionId random() {
    return new SessionId(UUID.randomUUID());
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
