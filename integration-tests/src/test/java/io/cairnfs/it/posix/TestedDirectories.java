package io.cairnfs.it.posix;

import io.cairnfs.it.PosixMount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.ParameterDeclarations;

/**
 * The directory of the system property {@value #PROPERTY}; without it a mount of an embedded node,
 * the same for all classes, and a plain local directory.
 */
final class TestedDirectories implements ArgumentsProvider {

  static final String PROPERTY = "cairn.posix.directory";

  @Override
  public Stream<? extends Arguments> provideArguments(
      ParameterDeclarations parameters, ExtensionContext context) throws IOException {
    @Nullable String given = System.getProperty(PROPERTY);
    if (given != null) {
      return Stream.of(Arguments.of(new TestedDirectory(given, Path.of(given))));
    }
    Path mount = PosixMount.shared(context).directory();
    return Stream.of(
        Arguments.of(new TestedDirectory("mount", mount)),
        Arguments.of(new TestedDirectory("local", PosixMount.localDirectory())));
  }
}
