package io.cairnfs.client.jnr;

import io.cairnfs.client.fuse.protocol.AttributeCodec;
import io.cairnfs.client.vfs.AttributeChange.Time;
import io.cairnfs.client.vfs.Attributes;
import io.cairnfs.client.vfs.FileSystemStatus;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import ru.serce.jnrfuse.struct.FileStat;
import ru.serce.jnrfuse.struct.Statvfs;
import ru.serce.jnrfuse.struct.Timespec;

/** struct stat, struct statvfs and struct timespec. */
final class StatCodec {

  private static final long NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int UTIME_NOW = 0x3fffffff;
  private static final int UTIME_OMIT = 0x3ffffffe;
  private static final int MAX_NAME_BYTES = 255;

  private StatCodec() {}

  static void put(FileStat stat, Attributes a) {
    stat.st_ino.set(a.inode());
    stat.st_mode.set(AttributeCodec.mode(a));
    stat.st_nlink.set(a.links());
    stat.st_uid.set(a.uid());
    stat.st_gid.set(a.gid());
    stat.st_rdev.set(a.device()); // libfuse hands the kernel's 32 bits on as they are
    stat.st_size.set(a.size());
    stat.st_blksize.set(AttributeCodec.PREFERRED_IO_BYTES);
    stat.st_blocks.set(a.blocks());
    put(stat.st_atim, a.atimeNanos());
    put(stat.st_mtim, a.mtimeNanos());
    put(stat.st_ctim, a.ctimeNanos());
  }

  private static void put(Timespec time, long nanos) {
    time.tv_sec.set(Math.floorDiv(nanos, NANOS));
    time.tv_nsec.set(Math.floorMod(nanos, NANOS));
  }

  static void put(Statvfs out, FileSystemStatus status) {
    out.f_bsize.set(status.blockSize());
    out.f_frsize.set(status.blockSize());
    out.f_blocks.set(status.blocks());
    out.f_bfree.set(status.free());
    out.f_bavail.set(status.available());
    out.f_files.set(status.files());
    out.f_ffree.set(status.freeFiles());
    out.f_favail.set(status.freeFiles());
    out.f_namemax.set(MAX_NAME_BYTES);
  }

  /** A time of utimensat(2); null if it is to stay. */
  static @Nullable Time time(Timespec time) {
    return switch (time.tv_nsec.intValue()) {
      case UTIME_OMIT -> null;
      case UTIME_NOW -> new Time.Now();
      default ->
          new Time.At(TimeUnit.SECONDS.toNanos(time.tv_sec.get()) + time.tv_nsec.longValue());
    };
  }
}
