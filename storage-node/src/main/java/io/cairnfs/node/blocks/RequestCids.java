package io.cairnfs.node.blocks;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Multihash;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.util.ArrayList;
import java.util.List;

/** Reads the CIDs of a request. */
final class RequestCids {

  private RequestCids() {}

  /**
   * @throws WireException {@code TOO_LARGE} if there are too many; {@code MALFORMED} if one is no
   *     CID, or not by sha2-256
   */
  static List<Cid> parse(List<ByteString> encoded, int limit) throws WireException {
    if (encoded.size() > limit) {
      throw new WireException(
          WireError.TOO_LARGE, "a request of this kind has at most " + limit + " CIDs");
    }
    List<Cid> cids = new ArrayList<>(encoded.size());
    for (ByteString bytes : encoded) {
      cids.add(parse(bytes));
    }
    return cids;
  }

  static Cid parse(ByteString encoded) throws WireException {
    Cid cid;
    try {
      cid = Cid.decode(encoded.toByteArray());
    } catch (IllegalArgumentException e) {
      throw new WireException(WireError.MALFORMED, "not a CID: " + e.getMessage(), e);
    }
    if (cid.hash().code() != Multihash.SHA2_256) {
      throw new WireException(WireError.MALFORMED, cid + " is not named by sha2-256");
    }
    return cid;
  }

  static List<Key256> keys(List<Cid> cids) {
    return cids.stream().map(Cid::key).toList();
  }
}
