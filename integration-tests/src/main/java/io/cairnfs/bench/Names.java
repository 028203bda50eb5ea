package io.cairnfs.bench;

import java.util.Locale;

/** Constants of enums as a user types them. */
final class Names {

  private Names() {}

  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
