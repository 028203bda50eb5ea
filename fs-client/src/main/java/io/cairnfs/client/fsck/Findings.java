package io.cairnfs.client.fsck;

import java.util.function.Consumer;

/** Tells what is wrong, in words, and counts it. Not thread-safe. */
final class Findings {

  private final Consumer<String> out;
  private final boolean repair;
  private long mendable;
  private long left;

  /**
   * @param repair whether what can be mended will be
   */
  Findings(Consumer<String> out, boolean repair) {
    this.out = out;
    this.repair = repair;
  }

  /**
   * Something that can be mended.
   *
   * @param remedy what mends it, as a participle, such as {@code removed}
   */
  void mendable(String what, String remedy) {
    mendable++;
    out.accept(what + (repair ? ": " + remedy : "; with --repair: " + remedy));
  }

  /** Something that nothing here mends. */
  void left(String what) {
    left++;
    out.accept(what);
  }

  long mendable() {
    return mendable;
  }

  long left() {
    return left;
  }
}
