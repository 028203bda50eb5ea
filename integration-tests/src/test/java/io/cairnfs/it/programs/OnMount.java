package io.cairnfs.it.programs;

import io.cairnfs.it.PosixMount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives each test a {@link Workplace} in a mount that all classes share. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(OnMount.Resolver.class)
@Timeout(600)
@interface OnMount {

  /** Makes a new directory for each. */
  final class Resolver implements ParameterResolver {

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == Workplace.class;
    }

    @Override
    public Workplace resolveParameter(ParameterContext parameter, ExtensionContext context) {
      try {
        return new Workplace(
            Files.createTempDirectory(PosixMount.shared(context).directory(), "program-"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
