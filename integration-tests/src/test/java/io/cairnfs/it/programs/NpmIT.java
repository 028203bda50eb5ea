package io.cairnfs.it.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** npm(1): a local package is packed, and installed as a link and as a copy. */
@OnMount
@Tag("extended")
final class NpmIT {

  @Test
  void aLocalPackageIsInstalled(Workplace place) throws Exception {
    Workplace.need("npm", "node");
    Workplace library = place.in("library");
    Files.writeString(
        library.resolve("package.json"),
        """
        {"name": "library", "version": "1.0.0", "main": "index.js", "bin": {"answer": "cli.js"}}
        """);
    Files.writeString(library.resolve("index.js"), "module.exports = 42;\n");
    Files.writeString(
        library.resolve("cli.js"), "#!/usr/bin/env node\nconsole.log(require('./index.js'));\n");
    Workplace application = place.in("application");
    Files.writeString(
        application.resolve("package.json"), "{\"name\": \"application\", \"version\": \"1.0.0\"}");
    install(application, "../library");
    assertTrue(Files.isSymbolicLink(application.resolve("node_modules/library")));
    library.run("npm", "pack", "--silent");
    install(application, "../library/library-1.0.0.tgz");
    assertTrue(Files.isRegularFile(application.resolve("node_modules/library/index.js")));
    assertEquals("42\n", application.run("node", "-p", "require('library')"));
    assertEquals("42\n", application.run("node_modules/.bin/answer"));
  }

  private static void install(Workplace application, String what) throws Exception {
    application.run("npm", "install", "--offline", "--no-audit", "--no-fund", what);
  }
}
