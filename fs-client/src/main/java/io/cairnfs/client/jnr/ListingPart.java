package io.cairnfs.client.jnr;

import io.cairnfs.client.namespace.FileType;
import io.cairnfs.client.vfs.DirectorySink;
import io.cairnfs.client.vfs.Entry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jnr.ffi.Pointer;
import jnr.ffi.Struct;
import ru.serce.jnrfuse.FuseFillDir;
import ru.serce.jnrfuse.struct.FileStat;

/** As many entries of a directory as one answer of libfuse can hold, or fewer. */
final class ListingPart implements DirectorySink {

  /** About what the page that the kernel asks for holds; it asks again. */
  private static final int MAX_ENTRIES = 128;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Listed(byte[] name, long inode, FileType type, long next) {}

  private final List<Listed> entries = new ArrayList<>();

  @Override
  public boolean name(byte[] name, long inode, FileType type, long next) {
    if (entries.size() == MAX_ENTRIES) {
      return false;
    }
    entries.add(new Listed(name.clone(), inode, type, next));
    return true;
  }

  @Override
  public boolean entry(byte[] name, Entry entry, long next) {
    throw new UnsupportedOperationException("only names are asked for");
  }

  /** Hands them to libfuse, until its answer is full. */
  void fill(FuseFillDir filler, Pointer buffer, FileStat stat) {
    for (Listed entry : entries) {
      stat.st_ino.set(entry.inode());
      stat.st_mode.set(entry.type().bits());
      ByteBuffer name = ByteBuffer.wrap(Arrays.copyOf(entry.name(), entry.name().length + 1));
      if (filler.apply(buffer, name, Struct.getMemory(stat), entry.next()) != 0) {
        return;
      }
    }
  }
}
