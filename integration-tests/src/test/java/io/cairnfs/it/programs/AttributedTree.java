package io.cairnfs.it.programs;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.Random;

/** A tree with all that a careful copy keeps. */
final class AttributedTree {

  private AttributedTree() {}

  /** Makes one in a new directory. */
  static void make(Workplace place, String name) throws Exception {
    Workplace.need("setfacl", "getfacl", "setfattr", "getfattr");
    Workplace top = place.in(name);
    byte[] bytes = new byte[3_000_000];
    new Random(1).nextBytes(bytes);
    Path large = Files.write(top.resolve("large"), bytes);
    Files.createLink(top.in("sub").resolve("hard"), large);
    Files.createSymbolicLink(top.resolve("sub/soft"), Path.of("../large"));
    Files.createSymbolicLink(top.resolve("dangling"), Path.of("nowhere"));
    for (int i = 0; i < 50; i++) {
      Path file = Files.writeString(top.resolve("sub/small " + i), "x".repeat(100 * i));
      Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_000_000 + i, 123_456)));
    }
    Files.setPosixFilePermissions(large, PosixFilePermissions.fromString("r-xr-x--x"));
    Files.getFileAttributeView(large, UserDefinedFileAttributeView.class)
        .write("comment", ByteBuffer.wrap("kept".getBytes(StandardCharsets.UTF_8)));
    top.run("setfacl", "-m", "u:12345:rwx,g:23456:r", "sub/small 7");
    top.run("setfacl", "-d", "-m", "u:12345:rx", "sub");
    top.run("mkfifo", "sub/fifo");
    top.run("truncate", "-s", "50M", "sparse");
  }

  /** What getfacl(1), getfattr(1) and stat(1) say of a tree. */
  static String describe(Workplace place, String name) throws Exception {
    Workplace top = place.in(name);
    return top.run("getfacl", "-R", "-n", ".")
        + top.run("getfattr", "-R", "-h", "-d", ".")
        + top.run(
            "sh",
            "-c",
            "find . -mindepth 1 | sort | xargs -d '\\n' stat -c '%n %f %h %u %g %s %Y'");
  }
}
