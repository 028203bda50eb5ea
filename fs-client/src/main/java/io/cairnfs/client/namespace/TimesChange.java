package io.cairnfs.client.namespace;

import org.jspecify.annotations.Nullable;

/**
 * A change of an inode's times and sizes that commutes with others, but for {@code set...}: the
 * last one in the order of sequences wins.
 *
 * @param raiseMtimeNanos the modification time becomes at least this; null: leave it
 * @param raiseCtimeNanos likewise
 * @param raiseAtimeNanos the access time becomes at least this: a read
 * @param setAtimeNanos the access time becomes this: utimensat; applied before {@code
 *     raiseAtimeNanos}
 * @param setMtimeNanos the modification time becomes this: utimensat
 * @param raiseSize the size becomes at least this: a write
 * @param setSize the size becomes this: a truncation; applied before {@code raiseSize}
 * @param addSize is added to the size: a directory's entries
 * @param addSubdirectories is added to the subdirectories
 */
public record TimesChange(
    @Nullable Long raiseMtimeNanos,
    @Nullable Long raiseCtimeNanos,
    @Nullable Long raiseAtimeNanos,
    @Nullable Long setAtimeNanos,
    @Nullable Long setMtimeNanos,
    @Nullable Long raiseSize,
    @Nullable Long setSize,
    int addSize,
    int addSubdirectories) {

  private static final TimesChange NOTHING =
      new TimesChange(null, null, null, null, null, null, null, 0, 0);

  /** Content or entries changed now. */
  public static TimesChange modified(long nowNanos) {
    return NOTHING.withMtime(nowNanos).withCtime(nowNanos);
  }

  /** Attributes changed now. */
  public static TimesChange changed(long nowNanos) {
    return NOTHING.withCtime(nowNanos);
  }

  /** Content or entries were read now. */
  public static TimesChange accessed(long nowNanos) {
    return new TimesChange(null, null, nowNanos, null, null, null, null, 0, 0);
  }

  public TimesChange withMtime(long nanos) {
    return new TimesChange(
        nanos,
        raiseCtimeNanos,
        raiseAtimeNanos,
        setAtimeNanos,
        setMtimeNanos,
        raiseSize,
        setSize,
        addSize,
        addSubdirectories);
  }

  public TimesChange withCtime(long nanos) {
    return new TimesChange(
        raiseMtimeNanos,
        nanos,
        raiseAtimeNanos,
        setAtimeNanos,
        setMtimeNanos,
        raiseSize,
        setSize,
        addSize,
        addSubdirectories);
  }

  public TimesChange settingAtime(long nanos) {
    return new TimesChange(
        raiseMtimeNanos,
        raiseCtimeNanos,
        raiseAtimeNanos,
        nanos,
        setMtimeNanos,
        raiseSize,
        setSize,
        addSize,
        addSubdirectories);
  }

  public TimesChange settingMtime(long nanos) {
    return new TimesChange(
        raiseMtimeNanos,
        raiseCtimeNanos,
        raiseAtimeNanos,
        setAtimeNanos,
        nanos,
        raiseSize,
        setSize,
        addSize,
        addSubdirectories);
  }

  public TimesChange raisingSize(long size) {
    return new TimesChange(
        raiseMtimeNanos,
        raiseCtimeNanos,
        raiseAtimeNanos,
        setAtimeNanos,
        setMtimeNanos,
        size,
        setSize,
        addSize,
        addSubdirectories);
  }

  public TimesChange settingSize(long size) {
    return new TimesChange(
        raiseMtimeNanos,
        raiseCtimeNanos,
        raiseAtimeNanos,
        setAtimeNanos,
        setMtimeNanos,
        raiseSize,
        size,
        addSize,
        addSubdirectories);
  }

  public TimesChange addingEntries(int entries, int directories) {
    return new TimesChange(
        raiseMtimeNanos,
        raiseCtimeNanos,
        raiseAtimeNanos,
        setAtimeNanos,
        setMtimeNanos,
        raiseSize,
        setSize,
        entries,
        directories);
  }

  /** The times after this change. */
  InodeTimes applyTo(InodeTimes times) {
    long atime = setAtimeNanos == null ? times.atimeNanos() : setAtimeNanos;
    long mtime = setMtimeNanos == null ? times.mtimeNanos() : setMtimeNanos;
    long size = setSize == null ? times.size() : setSize;
    return new InodeTimes(
        raise(atime, raiseAtimeNanos),
        raise(mtime, raiseMtimeNanos),
        raise(times.ctimeNanos(), raiseCtimeNanos),
        raise(size, raiseSize) + addSize,
        times.allocated(),
        times.subdirectories() + addSubdirectories);
  }

  private static long raise(long value, @Nullable Long atLeast) {
    return atLeast == null ? value : Math.max(value, atLeast);
  }

  /** Whether the order among this and other changes does not matter. */
  boolean commutes() {
    return setAtimeNanos == null && setMtimeNanos == null && setSize == null;
  }
}
