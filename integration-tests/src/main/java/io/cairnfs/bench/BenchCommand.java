package io.cairnfs.bench;

import io.cairnfs.bench.load.SourceTree;
import io.cairnfs.bench.system.Bindfs;
import io.cairnfs.bench.system.CairnCluster;
import io.cairnfs.bench.system.EmbeddedCairn;
import io.cairnfs.bench.system.External;
import io.cairnfs.bench.system.PlainDirectory;
import io.cairnfs.bench.system.Target;
import io.cairnfs.bench.system.Tmpfs;
import io.cairnfs.bench.system.Workspace;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bin/bench}: the command line of the benchmark, and its composition root. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = {
      "Measure Cairn's mounts and others on this machine in one run, and print the ratios.",
      "A ratio says how many times as good as the base: 2 is twice as fast, or half the cost."
    },
    footer = {
      "",
      "Examples:",
      "  bin/bench",
      "  bin/bench --targets bindfs,embedded --rows small --rounds 1",
      "  bin/bench --external gluster=./gluster3 --base gluster --tsv results.tsv"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls
final class BenchCommand implements Callable<Integer> {

  private static final String PLAIN = "plain";

  /** What warming up does: enough for the compiler to see every loop. */
  private static final int WARM_MEBIBYTES = 128;

  private static final int WARM_OPERATIONS = 3000;

  /** Programs of the launcher's directory, as bin/bench tells. */
  private static final String ROOT_PROPERTY = "cairn.root";

  private static final String COMMIT_PROPERTY = "cairn.commit";

  @Spec private CommandSpec spec;

  @Option(
      names = "--targets",
      split = ",",
      defaultValue = "tmpfs,plain,bindfs,embedded,cluster3",
      description = "What is measured. Default: ${DEFAULT-VALUE}. tmpfs shows the load's own cost.")
  private List<String> targets;

  @Option(
      names = "--external",
      paramLabel = "NAME=SCRIPT",
      description =
          "Measure another system too: the script answers up, down, remount, mountpoint,"
              + " pids, cpu (ns) and disk (bytes).")
  private Map<String, Path> external = new LinkedHashMap<>();

  @Option(names = "--base", defaultValue = Bindfs.NAME, description = "Default: ${DEFAULT-VALUE}.")
  private String base;

  @Option(names = "--rounds", defaultValue = "3", description = "Default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--rows",
      split = ",",
      description = "Groups of rows. Default: ${DEFAULT-VALUE}.",
      defaultValue = "seq,small,tree,fsync")
  private List<String> groups;

  @Option(
      names = "--size",
      paramLabel = "MiB",
      defaultValue = "1024",
      description = "Of the big file.")
  private int size;

  @Option(names = "--files", defaultValue = "10000", description = "Of 4 KiB.")
  private int files;

  @Option(names = "--random", defaultValue = "10000", description = "Random reads, and writes.")
  private int random;

  @Option(names = "--fsyncs", defaultValue = "1000", description = "Files with an fsync each.")
  private int fsyncs;

  @Option(names = "--tree-files", defaultValue = "4000", description = "In the source tree.")
  private int treeFiles;

  @Option(names = "--seed", defaultValue = "1", description = "Of the tree, and of random places.")
  private long seed;

  @Option(
      names = "--cap",
      paramLabel = "SECONDS",
      defaultValue = "20",
      description = "Of each loop.")
  private int cap;

  @Option(
      names = "--dir",
      description = "Where data is kept. Default: the directory for temporary files.")
  private @Nullable Path directory;

  @Option(names = "--tsv", description = "Write every single value to this file.")
  private @Nullable Path tsv;

  @Option(names = "--list", description = "Only say how each row is measured.")
  private boolean list;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new BenchCommand()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (list) {
      for (Row row : Row.values()) {
        out()
            .printf(
                "%-6s %-40s %-10s %s%n", Names.of(row.group()), row.label(), row.unit(), row.how());
      }
      return 0;
    }
    Settings settings = settings();
    Path parent = directory == null ? Path.of(System.getProperty("java.io.tmpdir")) : directory;
    try (Workspace workspace = Workspace.open(parent)) {
      List<String> remarks = new ArrayList<>();
      List<Target> chosen = available(workspace, remarks);
      Path scratch = Files.createDirectory(workspace.path().resolve("archive"));
      say("making a tree of " + treeFiles + " files from seed " + seed);
      Path archive = SourceTree.archive(seed, treeFiles, scratch);
      say("its archive has " + (Files.size(archive) >> 20) + " MiB");
      Samples samples = new Samples();
      Bench bench = new Bench(settings, archive, new Caches.OfMachine(), this::say);
      measure(bench, workspace, settings, chosen, samples);
      remarks.addAll(bench.failures());
      report(workspace, chosen, samples, remarks);
      return remarks.isEmpty() ? 0 : 1;
    }
  }

  private void measure(
      Bench bench, Workspace workspace, Settings settings, List<Target> chosen, Samples samples)
      throws IOException, InterruptedException {
    Thread interrupted = new Thread(() -> cleanUp(bench, workspace), "clean up");
    Runtime.getRuntime().addShutdownHook(interrupted);
    try (PrintWriter lines = tsvWriter()) {
      Target warm = new Tmpfs(workspace);
      bench.warmUp(
          warm.obstacle().isEmpty() ? warm : new PlainDirectory(workspace, PLAIN),
          settings.withAmounts(
              Math.min(size, WARM_MEBIBYTES),
              Math.min(files, WARM_OPERATIONS),
              Math.min(random, WARM_OPERATIONS),
              Math.min(fsyncs, WARM_OPERATIONS)));
      bench.run(
          chosen,
          rounds,
          (row, target, round, value) -> {
            samples.add(row, target, value);
            lines.printf(
                Locale.ROOT,
                "%s\t%d\t%s\t%g\t%s%n",
                target,
                round,
                Names.of(row),
                value,
                row.unit());
            lines.flush();
          });
    }
    Runtime.getRuntime().removeShutdownHook(interrupted);
  }

  /** When the user interrupts: the JVM ends as soon as this has returned. */
  private void cleanUp(Bench bench, Workspace workspace) {
    try (workspace) { // it removes what the target could not
      bench.stop();
    } catch (IOException e) {
      say("cleaning up failed: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void report(
      Workspace workspace, List<Target> chosen, Samples samples, List<String> remarks)
      throws IOException {
    out()
        .println(
            "commit "
                + System.getProperty(COMMIT_PROPERTY, "unknown")
                + ", "
                + Instant.now().truncatedTo(ChronoUnit.SECONDS)
                + ", Linux "
                + System.getProperty("os.version")
                + ", "
                + Runtime.getRuntime().availableProcessors()
                + " processors, on "
                + Files.getFileStore(workspace.path()).type()
                + "; medians of "
                + rounds
                + " rounds, "
                + size
                + " MiB, "
                + files
                + " files, tree of "
                + treeFiles
                + " files from seed "
                + seed
                + "; in brackets the ratio to "
                + base);
    out().println();
    out().print(new Table(samples, chosen.stream().map(Target::name).toList(), base).render());
    remarks.forEach(remark -> out().println("\nNot measured: " + remark));
    if (!Caches.OfMachine.canDrop()) {
      out().println("\nOnly root can drop the kernel's caches: cold rows are merely remounted.");
    }
    out().flush();
  }

  private List<Target> available(Workspace workspace, List<String> remarks) {
    List<Target> all = new ArrayList<>();
    for (String name : targets) {
      all.add(target(workspace, name));
    }
    external.forEach((name, script) -> all.add(new External(workspace, name, script)));
    List<Target> available = new ArrayList<>();
    for (Target target : all) {
      Optional<String> obstacle = target.obstacle();
      if (obstacle.isEmpty()) {
        available.add(target);
      } else {
        remarks.add(target.name() + ": " + obstacle.get());
      }
    }
    return available;
  }

  private Target target(Workspace workspace, String name) {
    Path command = Path.of(System.getProperty(ROOT_PROPERTY, ""), "bin", "cairn").toAbsolutePath();
    return switch (name) {
      case Tmpfs.NAME -> new Tmpfs(workspace);
      case PLAIN -> new PlainDirectory(workspace, PLAIN);
      case Bindfs.NAME -> new Bindfs(workspace);
      case EmbeddedCairn.NAME -> new EmbeddedCairn(workspace, command);
      case CairnCluster.NAME -> new CairnCluster(workspace, command);
      default -> throw wrong("'" + name + "' is no target");
    };
  }

  private Settings settings() {
    EnumSet<Row.Group> chosen = EnumSet.noneOf(Row.Group.class);
    for (String name : groups) {
      try {
        chosen.add(Row.Group.valueOf(name.toUpperCase(Locale.ROOT)));
      } catch (IllegalArgumentException e) {
        throw wrong("'" + name + "' is no group of rows");
      }
    }
    if (rounds < 1 || treeFiles < 1 || cap < 1) {
      throw wrong("rounds, files and the cap are positive");
    }
    try {
      return new Settings(size, files, random, fsyncs, Duration.ofSeconds(cap), seed, chosen);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private PrintWriter tsvWriter() throws IOException {
    return tsv == null
        ? new PrintWriter(Writer.nullWriter())
        : new PrintWriter(Files.newBufferedWriter(tsv, StandardCharsets.UTF_8));
  }

  private ParameterException wrong(String what) {
    return new ParameterException(spec.commandLine(), what);
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private void say(String text) {
    spec.commandLine().getErr().println("bench: " + text);
  }
}
