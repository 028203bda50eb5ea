package io.cairnfs.it.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * gcc(1) and make(1): objects, a library, a program that runs, and nothing to do the second time.
 */
@OnMount
@Tag("extended")
final class GccIT {

  private static final int SOURCES = 20;

  @Test
  void aProgramIsBuiltAndRuns(Workplace place) throws Exception {
    Workplace.need("gcc", "ar", "make");
    StringBuilder main = new StringBuilder("#include <stdio.h>\n");
    StringBuilder sum = new StringBuilder("0");
    for (int i = 0; i < SOURCES; i++) {
      Files.writeString(place.resolve("f" + i + ".c"), "int f" + i + "() { return " + i + "; }\n");
      main.append("int f").append(i).append("();\n");
      sum.append(" + f").append(i).append("()");
    }
    main.append("int main() { printf(\"%d\\n\", ").append(sum).append("); return 0; }\n");
    Files.writeString(place.resolve("main.c"), main);
    Files.writeString(
        place.resolve("Makefile"),
        """
        OBJECTS = $(patsubst %.c,%.o,$(wildcard f*.c))
        all: program
        libf.a: $(OBJECTS)
        \tar rcs $@ $^
        program: main.o libf.a
        \t$(CC) -o $@ main.o libf.a
        """);
    place.run("make", "-s", "-j2");
    assertEquals(SOURCES * (SOURCES - 1) / 2 + "\n", place.run("./program"));
    place.run("make", "-q");
    Files.writeString(place.resolve("f0.c"), "int f0() { return 1000; }\n");
    place.run("make", "-s");
    assertEquals(1000 + SOURCES * (SOURCES - 1) / 2 + "\n", place.run("./program"));
  }
}
