package io.cairnfs.it.posix;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

/** Runs a class of the suite on each {@link TestedDirectory}. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedClass
@ArgumentsSource(TestedDirectories.class)
@Timeout(60)
@interface OnEachTarget {

  /** Whether it runs on three nodes in every build, not only in the extended one. */
  boolean alwaysOnThreeNodes() default false;
}
