package io.cairnfs.client.namespace;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Where in its directory a name has its place: the leading bits of its SHA-256 pick a bucket, and a
 * cookie is the bucket's number with one of its few slots. Names of one bucket take its slots in
 * the order in which they come, so a lookup reads one tiny range of keys, a cookie is unique in its
 * directory, and it never changes.
 *
 * <p>Sixty bits are not for ever collision-free, but to make more names of one bucket than it has
 * slots is out of reach.
 */
final class NameHash {

  /** Low bits of a cookie that tell the names of a bucket apart. */
  private static final int SLOT_BITS = 3;

  /** Names that a bucket can hold. */
  static final int SLOTS = 1 << SLOT_BITS;

  private static final ThreadLocal<MessageDigest> SHA_256 =
      ThreadLocal.withInitial(NameHash::newDigest);

  /**
   * The first cookie of a name's bucket: positive, and greater than 2, which stand for "." and
   * "..".
   */
  static long bucket(Name name) {
    byte[] digest = SHA_256.get().digest(name.bytes());
    long hash = ByteBuffer.wrap(digest).getLong() & Long.MAX_VALUE & -SLOTS;
    return Math.max(hash, SLOTS);
  }

  /** The bucket of a cookie. */
  static long bucketOf(long cookie) {
    return cookie & -SLOTS;
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  private NameHash() {}
}
