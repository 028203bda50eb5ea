package io.cairnfs.client.content;

import io.cairnfs.client.extent.Outboard;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * Hashes a block and the chunks of its outboards in one pass, chunk by chunk, so that the second
 * hash finds the bytes in the processor's cache. For one block.
 */
final class ChunkHasher {

  private final byte[] bytes;
  private final MessageDigest whole = sha256();
  private final MessageDigest part = sha256();
  private int hashed;

  ChunkHasher(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Names the block and seals its outboards.
   *
   * @param outboards in the order of their ranges, which do not overlap
   */
  Cid hash(List<Outboard> outboards) {
    for (Outboard outboard : outboards) {
      hashUpTo(outboard.offset());
      outboard.seal(chunksOf(outboard));
    }
    hashUpTo(bytes.length);
    return Cid.ofSha256(Codec.RAW, whole.digest());
  }

  private byte[] chunksOf(Outboard outboard) {
    byte[] digests = new byte[outboard.digestsLength()];
    for (int chunk = 0; chunk < outboard.chunks(); chunk++) {
      part.update(bytes, outboard.chunkOffset(chunk), outboard.chunkLength(chunk));
      try {
        part.digest(digests, chunk * Outboard.DIGEST_BYTES, Outboard.DIGEST_BYTES);
      } catch (DigestException e) {
        throw new AssertionError("there is room for it", e);
      }
      hashUpTo(outboard.chunkOffset(chunk) + outboard.chunkLength(chunk));
    }
    return digests;
  }

  private void hashUpTo(int end) {
    whole.update(bytes, hashed, end - hashed);
    hashed = end;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
