package io.cairnfs.client.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** What {@code cairn --version} says. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() throws IOException {
    return new String[] {"cairn " + number() + " (Java " + Runtime.version() + ")"};
  }

  /** The version that the build wrote into a resource. */
  static String number() throws IOException {
    try (InputStream resource =
        Objects.requireNonNull(Version.class.getResourceAsStream("version.properties"))) {
      Properties properties = new Properties();
      properties.load(resource);
      return properties.getProperty("version");
    }
  }
}
