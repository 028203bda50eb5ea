package io.cairnfs.node.store.segment;

import java.nio.file.OpenOption;

/**
 * The JDK's option for opening a file without the page cache. It is exported for everyone's use,
 * and still javac warns of every source that names it.
 */
final class DirectOption {

  static final OpenOption DIRECT = find();

  private DirectOption() {}

  private static OpenOption find() {
    try {
      for (Object option :
          Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants()) {
        if (option instanceof Enum<?> constant
            && constant.name().equals("DIRECT")
            && option instanceof OpenOption direct) {
          return direct;
        }
      }
    } catch (ClassNotFoundException e) {
      throw new AssertionError("the JDK has it in the module jdk.unsupported", e);
    }
    throw new AssertionError("the JDK has it since Java 10");
  }
}
