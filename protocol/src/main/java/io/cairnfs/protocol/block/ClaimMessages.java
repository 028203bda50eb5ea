package io.cairnfs.protocol.block;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;

/** Claims as messages. */
public final class ClaimMessages {

  private ClaimMessages() {}

  public static io.cairnfs.protocol.block.message.Claim encode(Claim claim) {
    return io.cairnfs.protocol.block.message.Claim.newBuilder()
        .setVolume(encode(claim.volume()))
        .setEpoch(claim.epoch())
        .build();
  }

  public static ByteString encode(VolumeId volume) {
    return ByteString.copyFrom(volume.toBytes());
  }

  /**
   * @throws WireException {@code MALFORMED} if it is none
   */
  public static Claim decode(io.cairnfs.protocol.block.message.Claim claim) throws WireException {
    return new Claim(volume(claim.getVolume()), epoch(claim.getEpoch()));
  }

  /**
   * @throws WireException {@code MALFORMED} if it is no volume's id
   */
  public static VolumeId volume(ByteString encoded) throws WireException {
    if (encoded.size() != VolumeId.BYTES) {
      throw new WireException(WireError.MALFORMED, "a volume's id has another length");
    }
    return VolumeId.of(encoded.toByteArray());
  }

  /**
   * @throws WireException {@code MALFORMED} if it is no sweep's number
   */
  public static long epoch(long encoded) throws WireException {
    if (encoded < 1) {
      throw new WireException(WireError.MALFORMED, "sweeps are numbered from 1");
    }
    return encoded;
  }
}
