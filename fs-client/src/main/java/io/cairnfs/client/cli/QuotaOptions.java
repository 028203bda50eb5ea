package io.cairnfs.client.cli;

import io.cairnfs.protocol.head.Quota;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A quota as the user says it: sizes, {@code none} for no bound, nothing for no change. */
record QuotaOptions(@Nullable String bytes, @Nullable String inodes) {

  private static final String NONE = "none";

  boolean isEmpty() {
    return bytes == null && inodes == null;
  }

  /**
   * The quota with what the user changes.
   *
   * @throws CommandException for what is no size
   */
  Quota appliedTo(Quota before) throws CommandException {
    try {
      return new Quota(parse(bytes, before.bytes()), parse(inodes, before.inodes()));
    } catch (IllegalArgumentException e) {
      throw new CommandException(
          ExitCode.USAGE, "a quota is a number or none: " + e.getMessage(), e);
    }
  }

  private static long parse(@Nullable String text, long before) {
    if (text == null) {
      return before;
    }
    return text.toLowerCase(Locale.ROOT).equals(NONE) ? Quota.UNBOUNDED : Sizes.parse(text);
  }

  /** A bound as people read it. */
  static String format(long bound) {
    return bound == Quota.UNBOUNDED ? NONE : Long.toString(bound);
  }
}
