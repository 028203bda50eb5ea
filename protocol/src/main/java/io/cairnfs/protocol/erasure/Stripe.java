package io.cairnfs.protocol.erasure;

import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.ipld.CborException;
import io.cairnfs.protocol.ipld.CborReader;
import io.cairnfs.protocol.ipld.CborWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What belongs to a stripe: at rest a DAG-CBOR block that is replicated as others are. Shards are
 * raw blocks: a block's bytes, or parity, and then a seal of 32 bytes that no other shard has. So a
 * shard never has the name of the block that it was made of, or of a shard of another stripe, and
 * whoever counts what is needed, or where it belongs, need not know which of them is meant.
 * Immutable.
 *
 * <pre>
 * { "key":    32 bytes, of which the seals are made: a hash of what was coded and how,
 *   "data":   [ [ shard, length of the block in it ], ... ],
 *   "parity": [ shard, ... ] }
 * </pre>
 *
 * @param key of the seals
 * @param data in their order
 * @param parity in their order
 */
public record Stripe(Key256 key, List<Data> data, List<Cid> parity) {

  /** Of each shard, beyond its payload. */
  public static final int SEAL_BYTES = Key256.BYTES;

  static final int MAX_SHARD_BYTES = BlockLimits.MAX_ACCEPTED_BYTES;

  private static final int ITEMS = 3;
  private static final byte[] KEY_DOMAIN = "cairn-stripe:".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SEAL_DOMAIN = "cairn-shard:".getBytes(StandardCharsets.US_ASCII);

  /**
   * A data shard.
   *
   * @param shard its name
   * @param length of the block that it begins with, in bytes
   */
  public record Data(Cid shard, int length) {}

  /**
   * A stripe with everything that is to be stored.
   *
   * @param stripe what it consists of
   * @param descriptor the block that says so
   * @param shards data, then parity
   */
  public record Made(Stripe stripe, Block descriptor, List<Block> shards) {

    public Made {
      shards = List.copyOf(shards);
    }

    /** Where the bytes of a block are that was coded. */
    public Shard shard(int index) {
      return stripe.shard(descriptor.cid(), index);
    }
  }

  /**
   * @throws IllegalArgumentException if there is no such stripe
   */
  public Stripe {
    data = List.copyOf(data);
    parity = List.copyOf(parity);
    Erasure unused = new Erasure(data.size(), parity.size());
    for (Data one : data) {
      if (one.length() < 1 || one.length() > MAX_SHARD_BYTES - SEAL_BYTES) {
        throw new IllegalArgumentException("no shard has " + one.length() + " bytes of data");
      }
    }
  }

  /**
   * Codes blocks; the same blocks always make the same stripe.
   *
   * @param blocks as many as there are data shards
   */
  public static Made make(Erasure erasure, List<Block> blocks) {
    MessageDigest hash = sha256();
    hash.update(KEY_DOMAIN);
    hash.update(new byte[] {(byte) erasure.dataShards(), (byte) erasure.parityShards()});
    byte[][] payloads = new byte[blocks.size()][];
    int longest = 0;
    for (int i = 0; i < payloads.length; i++) {
      payloads[i] = blocks.get(i).bytes();
      longest = Math.max(longest, payloads[i].length);
      hash.update(blocks.get(i).cid().key().toBytes());
      hash.update(ByteBuffer.allocate(Integer.BYTES).putInt(payloads[i].length).flip());
    }
    byte[] key = hash.digest();
    List<Block> shards = new ArrayList<>();
    List<Data> data = new ArrayList<>();
    List<Cid> parity = new ArrayList<>();
    for (byte[] payload : payloads) {
      shards.add(seal(key, shards.size(), payload));
      data.add(new Data(shards.getLast().cid(), payload.length));
    }
    for (byte[] payload : new ReedSolomon(erasure).encode(payloads, longest)) {
      shards.add(seal(key, shards.size(), payload));
      parity.add(shards.getLast().cid());
    }
    Stripe stripe = new Stripe(Key256.of(key), data, parity);
    byte[] encoded = stripe.encode();
    return new Made(stripe, new Block(Cid.of(Codec.DAG_CBOR, encoded), encoded), shards);
  }

  private static Block seal(byte[] key, int index, byte[] payload) {
    MessageDigest hash = sha256();
    hash.update(SEAL_DOMAIN);
    hash.update(key);
    hash.update((byte) index);
    byte[] sealed = Arrays.copyOf(payload, payload.length + SEAL_BYTES);
    System.arraycopy(hash.digest(), 0, sealed, payload.length, SEAL_BYTES);
    return new Block(Cid.of(Codec.RAW, sealed), sealed);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** How it is coded. */
  public Erasure erasure() {
    return new Erasure(data.size(), parity.size());
  }

  /** The names of all shards, in the order of their numbers. */
  public List<Cid> shards() {
    List<Cid> shards = new ArrayList<>(data.size() + parity.size());
    data.forEach(one -> shards.add(one.shard()));
    shards.addAll(parity);
    return shards;
  }

  /**
   * Where the bytes of a block of data are.
   *
   * @param descriptor names this stripe
   */
  public Shard shard(Cid descriptor, int index) {
    return new Shard(descriptor, index, data.get(index).shard(), data.get(index).length());
  }

  /** Length of a shard's payload: of parity that of the longest block. */
  public int payloadLength(int index) {
    return index < data.size()
        ? data.get(index).length()
        : data.stream().mapToInt(Data::length).max().orElseThrow();
  }

  /**
   * Makes a shard anew.
   *
   * @param others sealed shards by their numbers, verified; at least as many as there are data
   *     shards
   * @throws IllegalArgumentException if there are too few, or this is none of theirs
   */
  public Block rebuild(int index, Map<Integer, byte[]> others) {
    Map<Integer, byte[]> payloads = new HashMap<>();
    for (Map.Entry<Integer, byte[]> other : others.entrySet()) {
      byte[] shard = other.getValue();
      payloads.put(other.getKey(), Arrays.copyOf(shard, shard.length - SEAL_BYTES));
    }
    byte[] payload = new ReedSolomon(erasure()).rebuild(index, payloads, payloadLength(index));
    Block rebuilt = seal(key.toBytes(), index, payload);
    if (!rebuilt.cid().equals(shards().get(index))) {
      throw new IllegalArgumentException("these shards do not make shard " + index);
    }
    return rebuilt;
  }

  /** The block's bytes. */
  public byte[] encode() {
    CborWriter writer = new CborWriter().writeMapHeader(ITEMS);
    writer.writeText("key").writeBytes(key.toBytes());
    writer.writeText("data").writeArrayHeader(data.size());
    for (Data one : data) {
      writer.writeArrayHeader(2).writeLink(one.shard()).writeLong(one.length());
    }
    writer.writeText("parity").writeArrayHeader(parity.size());
    parity.forEach(writer::writeLink);
    return writer.toBytes();
  }

  /**
   * @throws CborException if these are not the bytes of one
   */
  public static Stripe decode(byte[] bytes) {
    try {
      CborReader reader = new CborReader(bytes);
      if (reader.readMapHeader() != ITEMS) {
        throw new CborException("not " + ITEMS + " items");
      }
      reader.readKey("key");
      Key256 key = Key256.of(reader.readBytes());
      reader.readKey("data");
      List<Data> data = new ArrayList<>();
      for (int left = reader.readArrayHeader(); left > 0; left--) {
        reader.readArrayHeader(2);
        data.add(new Data(reader.readLink(), reader.readInt(1, MAX_SHARD_BYTES)));
      }
      reader.readKey("parity");
      List<Cid> parity = new ArrayList<>();
      for (int left = reader.readArrayHeader(); left > 0; left--) {
        parity.add(reader.readLink());
      }
      reader.finish();
      return new Stripe(key, data, parity);
    } catch (CborException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new CborException("no stripe: " + e.getMessage(), e);
    }
  }
}
