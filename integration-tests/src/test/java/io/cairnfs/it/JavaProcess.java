package io.cairnfs.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Command lines that run classes of this build in a JVM of their own, with a small heap. What it
 * unpacks and forgets because it is killed lies in the run directory.
 */
public final class JavaProcess {

  private static final List<String> FLAGS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:-UsePerfData",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Dio.netty.jfr.enabled=false");

  /** For what shall be there soon; hashes take ten times the CPU time. */
  private static final String QUICK_START = "-XX:TieredStopAtLevel=1";

  static final int SIGCONT = 18;
  static final int SIGSTOP = 19;

  private JavaProcess() {}

  /**
   * @param heapMebibytes the JVM's maximum heap
   * @param mainClass its name
   */
  static List<String> commandLine(int heapMebibytes, String mainClass, List<String> arguments) {
    return words(List.of(QUICK_START), heapMebibytes, mainClass, arguments);
  }

  /** Starts a class that is there soon. Its standard streams are pipes. */
  public static Process start(int heapMebibytes, Class<?> main, String... arguments)
      throws IOException {
    List<String> words = commandLine(heapMebibytes, main.getName(), List.of(arguments));
    return RunDirectory.current()
        .mark(new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT))
        .start();
  }

  /** The same for a process whose speed matters: compiled as it is in use. */
  static List<String> optimisedCommandLine(
      int heapMebibytes, String mainClass, List<String> arguments) {
    return words(List.of(), heapMebibytes, mainClass, arguments);
  }

  /**
   * Stops a process, or lets it go on. No command does it: what starts one closes all files of this
   * JVM in the new process, which waits if one of them is on a mount that is stopped.
   */
  static void signal(Process process, int signal) {
    try (ModelCalls calls = new ModelCalls()) {
      calls.callInt("kill", process.pid(), signal);
    }
  }

  /** What a JVM answers to a command of jcmd(1). */
  static String jcmd(long pid, String... command) throws IOException {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
    words.add(Long.toString(pid));
    words.addAll(List.of(command));
    Process process =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static List<String> words(
      List<String> flags, int heapMebibytes, String mainClass, List<String> arguments) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.add("-Xmx" + heapMebibytes + "m");
    words.addAll(FLAGS);
    words.addAll(AotCache.flags());
    words.addAll(flags);
    words.add("-Djava.io.tmpdir=" + RunDirectory.current().temporary());
    words.add("-Djava.library.path=" + System.getProperty("java.library.path"));
    words.add("-cp");
    words.add(AotCache.classPath());
    words.add(mainClass);
    words.addAll(arguments);
    return words;
  }
}
