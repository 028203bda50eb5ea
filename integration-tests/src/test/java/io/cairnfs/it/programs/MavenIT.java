package io.cairnfs.it.programs;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** mvn(1): a module of this project is built on the mount, with what its build has fetched. */
@OnMount
@Tag("extended")
final class MavenIT {

  @Test
  void aModuleIsBuilt(Workplace place) throws Exception {
    Workplace.need("mvn");
    Path sources = Path.of("").toAbsolutePath();
    while (!Files.exists(sources.resolve("dht-routing/pom.xml"))) {
      sources = Objects.requireNonNull(sources.getParent(), "this runs inside of the project");
    }
    for (String part : new String[] {"pom.xml", "protocol"}) {
      place.run("cp", "-r", sources.resolve(part).toString(), ".");
    }
    place.run("sed", "-i", "/<module>/{/protocol/!d}", "pom.xml");
    place.run("rm", "-rf", "protocol/target");
    String repository = Path.of(System.getProperty("user.home"), ".m2/repository").toString();
    place.run("mvn", "-o", "-q", "-B", "-Dquick", "-Dmaven.repo.local=" + repository, "compile");
    assertTrue(Files.isDirectory(place.resolve("protocol/target/classes/io/cairnfs/protocol")));
  }
}
