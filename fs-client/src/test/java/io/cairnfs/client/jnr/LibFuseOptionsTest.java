package io.cairnfs.client.jnr;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.fuse.mounting.MountOptions;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LibFuseOptionsTest {

  private static List<String> words(String options) {
    String text = LibFuseOptions.text(MountOptions.DEFAULT.with(options));
    return Arrays.asList(text.split("(?<!\\\\),", -1));
  }

  @Test
  void theKernelsOptionsArePassedOn() {
    List<String> words = words("ro,noatime,allow_other,no_default_permissions");
    assertTrue(
        words.containsAll(
            List.of("ro", "noatime", "nosuid", "nodev", "allow_other", "subtype=cairn")));
    assertTrue(!words.contains("default_permissions"));
  }

  @Test
  void whatTheFileSystemDoesByItselfIsNotPassedOn() {
    List<String> words = words("nodiratime,strictatime");
    assertTrue(words.stream().noneMatch(word -> word.contains("atime")), words::toString);
  }

  @Test
  void commasOfTheSourceAreEscaped() {
    String text = LibFuseOptions.text(MountOptions.DEFAULT.withSource("a,b\\"));
    assertTrue(text.startsWith("fsname=a\\,b\\\\,subtype="), text);
  }
}
