package io.cairnfs.client.namespace;

import io.cairnfs.client.extent.BlockRef;
import io.cairnfs.client.extent.Extent;
import io.cairnfs.protocol.ipld.CborException;
import io.cairnfs.protocol.ipld.CborReader;
import io.cairnfs.protocol.ipld.CborWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of a delta: the DAG-CBOR array of a format number and the transaction's mutations.
 *
 * <pre>
 *   [0, key, value]            put
 *   [1, key]                   delete
 *   [2, inode]                 clear extended attributes
 *   [3, inode, offset, extent] put extent
 *   [4, inode, from, to]       clear extents
 *   [5, inode, fields, ...]    change times: a bit for each field of TimesChange, then those that are there;
 *                              each of the first four, which are times, as the difference to the one before it
 * </pre>
 *
 * <p>Keys are byte strings, see {@link Key}; values and extents as in {@link Columns}. Numbers are
 * never reused.
 */
final class MutationCodec {

  private static final int TYPICAL_BYTES = 48;

  /** No mutation is longer than this and its names, inline bytes and attributes. */
  private static final int MAX_FIXED_BYTES = 160;

  /** What an extent of a block in a stripe, or of one that may be put into one, has beyond that. */
  private static final int STRIPED_BYTES = 128;

  private static final int FORMAT = 0;
  private static final int PUT = 0;
  private static final int DELETE = 1;
  private static final int CLEAR_XATTRS = 2;
  private static final int PUT_EXTENT = 3;
  private static final int CLEAR_EXTENTS = 4;
  private static final int CHANGE_TIMES = 5;

  private static final int TIME_FIELDS = 9;

  static byte[] encode(List<Mutation> mutations) {
    CborWriter writer = new CborWriter(TYPICAL_BYTES * mutations.size());
    writer.writeArrayHeader(1 + mutations.size()).writeLong(FORMAT);
    for (Mutation mutation : mutations) {
      write(mutation, writer);
    }
    return writer.toBytes();
  }

  /** An upper bound of a mutation's length, without encoding it. */
  static int maxBytes(Mutation mutation) {
    return MAX_FIXED_BYTES
        + switch (mutation) {
          case Mutation.Put put -> put.key().tail().length + variableBytes(put.value());
          case Mutation.Delete delete -> delete.key().tail().length;
          case Mutation.PutExtent put -> variableBytes(put.extent());
          case Mutation.ClearXattrs clear -> 0;
          case Mutation.ClearExtents clear -> 0;
          case Mutation.ChangeTimes change -> 0;
        };
  }

  private static int variableBytes(Value value) {
    return switch (value) {
      case Inode inode -> inode.target().length;
      case DirectoryEntry entry -> entry.name().length();
      case ParentLink link -> link.name().length();
      case Value.Attribute attribute -> attribute.bytes().length;
      default -> 0;
    };
  }

  private static int variableBytes(Extent extent) {
    return switch (extent) {
      case Extent.Inline inline -> inline.bytes().length;
      case Extent.InBlock inBlock ->
          (inBlock.outboard() == null ? 0 : inBlock.outboard().digestsLength())
              + (inBlock.block() instanceof BlockRef.Stored ? 0 : STRIPED_BYTES);
      case Extent.Zeros zeros -> 0;
    };
  }

  private static void write(Mutation mutation, CborWriter to) {
    switch (mutation) {
      case Mutation.Put put -> {
        to.writeArrayHeader(3).writeLong(PUT).writeBytes(put.key().toBytes());
        Columns.write(put.value(), to);
      }
      case Mutation.Delete delete ->
          to.writeArrayHeader(2).writeLong(DELETE).writeBytes(delete.key().toBytes());
      case Mutation.ClearXattrs clear ->
          to.writeArrayHeader(2).writeLong(CLEAR_XATTRS).writeLong(clear.inode());
      case Mutation.PutExtent put -> {
        to.writeArrayHeader(4).writeLong(PUT_EXTENT).writeLong(put.inode()).writeLong(put.offset());
        Columns.writeExtent(put.extent(), to);
      }
      case Mutation.ClearExtents clear ->
          to.writeArrayHeader(4)
              .writeLong(CLEAR_EXTENTS)
              .writeLong(clear.inode())
              .writeLong(clear.from())
              .writeLong(clear.to());
      case Mutation.ChangeTimes change -> writeTimes(change, to);
    }
  }

  private static void writeTimes(Mutation.ChangeTimes mutation, CborWriter to) {
    @Nullable Long[] fields = fields(mutation.change());
    int mask = 0;
    for (int i = 0; i < TIME_FIELDS; i++) {
      mask |= fields[i] == null ? 0 : 1 << i;
    }
    to.writeArrayHeader(3 + Integer.bitCount(mask))
        .writeLong(CHANGE_TIMES)
        .writeLong(mutation.inode())
        .writeLong(mask);
    long previous = 0;
    for (int i = 0; i < TIME_FIELDS; i++) {
      Long field = fields[i];
      if (field != null) {
        boolean time = i < FIRST_SIZE_FIELD;
        to.writeLong(time ? field - previous : field);
        previous = field;
      }
    }
  }

  /** Fields before this one are times, which are close to each other. */
  private static final int FIRST_SIZE_FIELD = 4;

  private static @Nullable Long[] fields(TimesChange change) {
    return new @Nullable Long[] {
      change.raiseMtimeNanos(),
      change.raiseCtimeNanos(),
      change.setAtimeNanos(),
      change.setMtimeNanos(),
      change.raiseSize(),
      change.setSize(),
      change.addSize() == 0 ? null : Long.valueOf(change.addSize()),
      change.addSubdirectories() == 0 ? null : Long.valueOf(change.addSubdirectories()),
      change.raiseAtimeNanos()
    };
  }

  /**
   * @throws CborException if this is no body of a format that is known
   */
  static List<Mutation> decode(byte[] body) {
    try {
      CborReader reader = new CborReader(body);
      int count = reader.readArrayHeader() - 1;
      reader.readInt(FORMAT, FORMAT);
      List<Mutation> mutations = new ArrayList<>(Math.max(0, count));
      for (int i = 0; i < count; i++) {
        mutations.add(read(reader));
      }
      reader.finish();
      return mutations;
    } catch (CborException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new CborException("a delta has no valid body: " + e.getMessage(), e);
    }
  }

  private static Mutation read(CborReader from) {
    int items = from.readArrayHeader();
    int number = from.readInt(PUT, CHANGE_TIMES);
    return switch (number) {
      case PUT -> {
        Key key = readKey(from);
        yield new Mutation.Put(key, Columns.read(key, from));
      }
      case DELETE -> new Mutation.Delete(readKey(from));
      case CLEAR_XATTRS -> new Mutation.ClearXattrs(from.readLong());
      case PUT_EXTENT ->
          new Mutation.PutExtent(from.readLong(), from.readLong(), Columns.readExtent(from));
      case CLEAR_EXTENTS ->
          new Mutation.ClearExtents(from.readLong(), from.readLong(), from.readLong());
      default -> readTimes(items, from);
    };
  }

  private static Key readKey(CborReader from) {
    byte[] bytes = from.readBytes();
    return Key.decode(bytes, bytes.length);
  }

  private static Mutation readTimes(int items, CborReader from) {
    long inode = from.readLong();
    int mask = from.readInt(0, (1 << TIME_FIELDS) - 1);
    if (items != 3 + Integer.bitCount(mask)) {
      throw new CborException("a change of times has " + items + " items");
    }
    @Nullable Long[] fields = new @Nullable Long[TIME_FIELDS];
    long previous = 0;
    for (int i = 0; i < TIME_FIELDS; i++) {
      if ((mask & 1 << i) != 0) {
        long value = from.readLong();
        previous = i < FIRST_SIZE_FIELD ? previous + value : value;
        fields[i] = previous;
      }
    }
    return new Mutation.ChangeTimes(
        inode,
        new TimesChange(
            fields[0],
            fields[1],
            fields[8],
            fields[2],
            fields[3],
            fields[4],
            fields[5],
            toInt(fields[6]),
            toInt(fields[7])));
  }

  private static int toInt(@Nullable Long value) {
    return value == null ? 0 : Math.toIntExact(value);
  }

  private MutationCodec() {}
}
