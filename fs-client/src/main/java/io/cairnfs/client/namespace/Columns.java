package io.cairnfs.client.namespace;

import io.cairnfs.client.extent.BlockRef;
import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.Outboard;
import io.cairnfs.client.extent.PendingBlock;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.erasure.Shard;
import io.cairnfs.protocol.ipld.CborException;
import io.cairnfs.protocol.ipld.CborReader;
import io.cairnfs.protocol.ipld.CborType;
import io.cairnfs.protocol.ipld.CborWriter;

/**
 * How values are encoded in DAG-CBOR, in tree nodes and in deltas alike. Extents refer to their
 * blocks by links, so that any IPLD tool can walk from a root to the content.
 *
 * <pre>
 *   I  [type, permissions, uid, gid, links, device, birth], a symlink's target as an eighth item,
 *      and last the directory and bucket of a name, if known
 *   T  [atime, mtime - atime, ctime - mtime, size, allocated - size, subdirectories]
 *   D  [inode, type, name]
 *   P  [parent, name]
 *   E  [block, offset in it, length, digests, offset and length of their range in the block],
 *      or inline bytes, or the length of allocated zeros
 *   X  bytes
 *   O  true
 * </pre>
 *
 * <p>A block is a link; one that is part of a stripe is [block, stripe, number of the shard, shard,
 * length of the block].
 *
 * <p>Digests are those of an {@link Outboard}, one after the other; an extent without one ends
 * before them, and one that is all of its range ends with them.
 *
 * <p>Types are the {@code st_mode} bits shifted right by twelve, times nanoseconds since the epoch.
 */
final class Columns {

  private static final int TYPE_SHIFT = 12;
  private static final int INODE_ITEMS = 7;
  private static final int PLACE_ITEMS = 2;
  private static final int TIMES_ITEMS = 6;
  private static final int ENTRY_ITEMS = 3;
  private static final int PARENT_ITEMS = 2;
  private static final int STRIPED_ITEMS = 5;
  private static final int IN_BLOCK_ITEMS = 3;
  private static final int VERIFIABLE_ITEMS = 4;
  private static final int PART_OF_VERIFIABLE_ITEMS = 6;

  static void write(Value value, CborWriter to) {
    switch (value) {
      case Inode inode -> writeInode(inode, to);
      case InodeTimes times ->
          to.writeArrayHeader(TIMES_ITEMS)
              .writeLong(times.atimeNanos())
              .writeLong(times.mtimeNanos() - times.atimeNanos())
              .writeLong(times.ctimeNanos() - times.mtimeNanos())
              .writeLong(times.size())
              .writeLong(times.allocated() - times.size())
              .writeLong(times.subdirectories());
      case DirectoryEntry entry ->
          to.writeArrayHeader(ENTRY_ITEMS)
              .writeLong(entry.inode())
              .writeLong(entry.type().bits() >> TYPE_SHIFT)
              .writeBytes(entry.name().bytes());
      case ParentLink link ->
          to.writeArrayHeader(PARENT_ITEMS)
              .writeLong(link.parent())
              .writeBytes(link.name().bytes());
      case Value.Content content -> writeExtent(content.extent(), to);
      case Value.Attribute attribute -> to.writeBytes(attribute.bytes());
      case Value.Orphan mark -> to.writeBoolean(true);
      case Value.Absent absent -> throw new IllegalArgumentException("absence has no encoding");
    }
  }

  private static void writeInode(Inode inode, CborWriter to) {
    boolean hasTarget = inode.target().length > 0;
    boolean hasPlace = inode.wasNamed();
    to.writeArrayHeader(INODE_ITEMS + (hasTarget ? 1 : 0) + (hasPlace ? PLACE_ITEMS : 0))
        .writeLong(inode.type().bits() >> TYPE_SHIFT)
        .writeLong(inode.permissions())
        .writeLong(Integer.toUnsignedLong(inode.uid()))
        .writeLong(Integer.toUnsignedLong(inode.gid()))
        .writeLong(inode.links())
        .writeLong(Integer.toUnsignedLong(inode.device()))
        .writeLong(inode.birthNanos());
    if (hasTarget) {
      to.writeBytes(inode.target());
    }
    if (hasPlace) {
      to.writeLong(inode.place().directory()).writeLong(inode.place().bucket());
    }
  }

  /**
   * @throws IllegalStateException if it points into a block that is not sealed
   */
  static void writeExtent(Extent extent, CborWriter to) {
    switch (extent) {
      case Extent.InBlock inBlock -> writeInBlock(inBlock, to);
      case Extent.Inline inline -> to.writeBytes(inline.bytes());
      case Extent.Zeros zeros -> to.writeLong(zeros.length());
    }
  }

  private static void writeInBlock(Extent.InBlock extent, CborWriter to) {
    Outboard outboard = extent.outboard();
    boolean all = outboard == null || isAllOf(outboard, extent.blockOffset(), extent.length());
    int items = outboard == null ? IN_BLOCK_ITEMS : VERIFIABLE_ITEMS;
    to.writeArrayHeader(all ? items : PART_OF_VERIFIABLE_ITEMS);
    writeBlock(extent.block(), to);
    to.writeLong(extent.blockOffset()).writeLong(extent.length());
    if (outboard != null) {
      to.writeBytes(outboard.digests());
      if (!all) {
        to.writeLong(outboard.offset()).writeLong(outboard.length());
      }
    }
  }

  private static void writeBlock(BlockRef block, CborWriter to) {
    switch (block) {
      case BlockRef.Stored(Cid cid) -> to.writeLink(cid);
      case BlockRef.Striped(Cid cid, Shard shard) ->
          to.writeArrayHeader(STRIPED_ITEMS)
              .writeLink(cid)
              .writeLink(shard.stripe())
              .writeLong(shard.index())
              .writeLink(shard.cid())
              .writeLong(shard.length());
      case PendingBlock pending -> {
        if (pending.cid() == null) {
          throw new IllegalStateException("a block that is still being filled has no name");
        }
        writeBlock(pending.stored(), to);
      }
    }
  }

  private static BlockRef readBlock(CborReader from) {
    if (from.peekType() != CborType.ARRAY) {
      return new BlockRef.Stored(from.readLink());
    }
    from.readArrayHeader(STRIPED_ITEMS);
    Cid cid = from.readLink();
    Cid stripe = from.readLink();
    int index = from.readInt(0, Integer.MAX_VALUE);
    Cid shard = from.readLink();
    return new BlockRef.Striped(
        cid, new Shard(stripe, index, shard, from.readInt(0, Integer.MAX_VALUE)));
  }

  private static boolean isAllOf(Outboard outboard, int offset, long length) {
    return outboard.offset() == offset && outboard.length() == length;
  }

  /**
   * @throws CborException if this is no value of that kind of key
   */
  static Value read(Key key, CborReader from) {
    try {
      return switch (key.kind()) {
        case Key.INODE -> readInode(from);
        case Key.TIMES -> readTimes(from);
        case Key.ENTRY -> readEntry(key.sub(), from);
        case Key.PARENT -> {
          from.readArrayHeader(PARENT_ITEMS);
          yield new ParentLink(from.readLong(), Name.of(from.readBytes()));
        }
        case Key.EXTENT -> new Value.Content(readExtent(from));
        case Key.XATTR -> new Value.Attribute(from.readBytes());
        default -> {
          from.readBoolean();
          yield Value.Orphan.MARK;
        }
      };
    } catch (CborException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new CborException("no value of '" + key + "': " + e.getMessage(), e);
    }
  }

  private static Inode readInode(CborReader from) {
    int items = from.readArrayHeader();
    boolean hasPlace = items >= INODE_ITEMS + PLACE_ITEMS;
    int others = hasPlace ? items - PLACE_ITEMS : items;
    if (others != INODE_ITEMS && others != INODE_ITEMS + 1) {
      throw new CborException("an inode has no " + items + " items");
    }
    return new Inode(
        readType(from),
        from.readInt(0, 0xfff),
        readUnsigned(from),
        readUnsigned(from),
        from.readInt(0, Integer.MAX_VALUE),
        readUnsigned(from),
        from.readLong(),
        others == INODE_ITEMS ? Inode.NO_TARGET : from.readBytes(),
        hasPlace ? new Inode.Place(from.readLong(), from.readLong()) : Inode.Place.UNKNOWN);
  }

  private static InodeTimes readTimes(CborReader from) {
    from.readArrayHeader(TIMES_ITEMS);
    long atime = from.readLong();
    long mtime = atime + from.readLong();
    long ctime = mtime + from.readLong();
    long size = from.readLong();
    long allocated = size + from.readLong();
    return new InodeTimes(
        atime, mtime, ctime, size, allocated, from.readInt(Integer.MIN_VALUE, Integer.MAX_VALUE));
  }

  private static DirectoryEntry readEntry(long cookie, CborReader from) {
    from.readArrayHeader(ENTRY_ITEMS);
    long inode = from.readLong();
    FileType type = readType(from);
    return new DirectoryEntry(Name.of(from.readBytes()), inode, type, cookie);
  }

  /**
   * @throws IllegalArgumentException if this is no extent
   */
  static Extent readExtent(CborReader from) {
    CborType type = from.peekType();
    return switch (type) {
      case BYTES -> new Extent.Inline(from.readBytes());
      case INTEGER -> new Extent.Zeros(requirePositive(from.readLong()));
      default -> readInBlock(from);
    };
  }

  private static Extent.InBlock readInBlock(CborReader from) {
    int items = from.readArrayHeader();
    if (items != IN_BLOCK_ITEMS && items != VERIFIABLE_ITEMS && items != PART_OF_VERIFIABLE_ITEMS) {
      throw new CborException("an extent has no " + items + " items");
    }
    BlockRef block = readBlock(from);
    int offset = from.readInt(0, Integer.MAX_VALUE);
    long length = requirePositive(from.readLong());
    if (items == IN_BLOCK_ITEMS) {
      return new Extent.InBlock(block, offset, length);
    }
    if (length > BlockLimits.MAX_ACCEPTED_BYTES) {
      throw new CborException("no block has " + length + " bytes");
    }
    byte[] digests = from.readBytes();
    boolean part = items == PART_OF_VERIFIABLE_ITEMS;
    Outboard outboard =
        new Outboard(
            part ? from.readInt(0, Integer.MAX_VALUE) : offset,
            part ? from.readInt(1, Integer.MAX_VALUE) : (int) length,
            digests);
    if (part && isAllOf(outboard, offset, length)) {
      throw new CborException("an extent that is all of its range does not repeat it");
    }
    return new Extent.InBlock(block, offset, length, outboard);
  }

  private static long requirePositive(long length) {
    if (length <= 0) {
      throw new CborException("an extent has no length " + length);
    }
    return length;
  }

  private static FileType readType(CborReader from) {
    return FileType.ofMode(from.readInt(0, 0xf) << TYPE_SHIFT);
  }

  private static int readUnsigned(CborReader from) {
    long value = from.readLong();
    if (value >>> Integer.SIZE != 0) {
      throw new CborException("a 32-bit number is " + value);
    }
    return (int) value;
  }

  private Columns() {}
}
