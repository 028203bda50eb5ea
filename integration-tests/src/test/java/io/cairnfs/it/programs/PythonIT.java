package io.cairnfs.it.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** python3(1): a virtual environment with pip in it. */
@OnMount
@Tag("extended")
final class PythonIT {

  @Test
  void aVirtualEnvironment(Workplace place) throws Exception {
    Workplace.need("python3");
    assumeTrue(
        place.start("python3", "-c", "import ensurepip, venv").waitFor() == 0,
        "python3 has no ensurepip: apt-get install python3-venv");
    place.run("python3", "-m", "venv", "environment");
    assertEquals(
        place.resolve("environment").toRealPath() + "\n",
        place.run("environment/bin/python", "-c", "import sys; print(sys.prefix)"));
    assertTrue(place.run("environment/bin/pip", "--version").startsWith("pip "));
    Files.writeString(place.in("package").resolve("__init__.py"), "value = 42\n");
    place.run("environment/bin/python", "-m", "compileall", "-q", "package", "environment");
    assertEquals(
        "42\n", place.run("environment/bin/python", "-c", "import package; print(package.value)"));
  }
}
