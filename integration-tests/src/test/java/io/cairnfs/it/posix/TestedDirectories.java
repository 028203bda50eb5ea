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
 * the same for all classes, and a plain local directory; and a mount of a volume on three nodes,
 * for some classes or, by the system property {@value #THREE_NODES}, for all.
 */
final class TestedDirectories implements ArgumentsProvider {

  static final String PROPERTY = "cairn.posix.directory";
  static final String THREE_NODES = "cairn.posix.three-nodes";

  @Override
  public Stream<? extends Arguments> provideArguments(
      ParameterDeclarations parameters, ExtensionContext context) throws IOException {
    @Nullable String given = System.getProperty(PROPERTY);
    if (given != null) {
      return Stream.of(Arguments.of(new TestedDirectory(given, Path.of(given))));
    }
    Path mount = PosixMount.shared(context).directory();
    Stream.Builder<TestedDirectory> directories = Stream.builder();
    directories.add(new TestedDirectory("mount", mount));
    directories.add(new TestedDirectory("local", PosixMount.localDirectory()));
    if (onThreeNodes(context)) {
      Path nodes = PosixMount.sharedOfThreeNodes(context).directory();
      directories.add(new TestedDirectory("three nodes", nodes));
    }
    return directories.build().map(Arguments::of);
  }

  private static boolean onThreeNodes(ExtensionContext context) {
    return Boolean.getBoolean(THREE_NODES)
        || context.getRequiredTestClass().getAnnotation(OnEachTarget.class).alwaysOnThreeNodes();
  }
}
