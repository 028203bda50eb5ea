package io.cairnfs.client.cli;

import io.cairnfs.client.history.PathChange;
import io.cairnfs.client.history.VolumeHistory;
import io.cairnfs.protocol.head.Snapshot;
import io.cairnfs.protocol.head.SnapshotList;
import io.cairnfs.protocol.head.SnapshotName;
import io.cairnfs.protocol.head.SnapshotSchedule;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn volume snapshot}: what volumes were. */
@Command(
    name = "snapshot",
    description = "Keep what a volume is now, and look at what it was.",
    subcommands = {
      SnapshotCommand.Create.class,
      SnapshotCommand.ListAll.class,
      SnapshotCommand.Delete.class,
      SnapshotCommand.Diff.class,
      SnapshotCommand.Schedule.class
    })
final class SnapshotCommand extends Noun {

  private static Map<String, Object> fields(Snapshot snapshot) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", snapshot.name());
    fields.put("created", snapshot.created().toString());
    fields.put("bytes", snapshot.usage().bytes());
    fields.put("inodes", snapshot.usage().inodes());
    fields.put("sequence", snapshot.sequence());
    fields.put("automatic", snapshot.automatic());
    fields.put("root", snapshot.root() == null ? "" : snapshot.root().toString());
    return fields;
  }

  private static void requireName(String name) throws CommandException {
    try {
      SnapshotName.require(name);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  /** {@code cairn volume snapshot create}. */
  @Command(
      name = "create",
      description = {
        "Keep what a volume is now, whatever its size at once.",
        "In a mount it is then under .cairn/snapshots/NAME/.",
        "Exits with 3 if a mount did not commit in time what it had in memory."
      },
      footer = {
        "",
        "Examples:",
        "  cairn volume snapshot create photos before-sorting",
        "  cairn volume snapshot create photos        named by the time"
      })
  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls
  static final class Create extends ClusterVerb {

    @Parameters(index = "0", paramLabel = "VOLUME", description = "Its name or id.")
    private String volume;

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "NAME",
        description = "As of a file. Default: the time in UTC.")
    private @Nullable String name;

    @Override
    int call(Cluster cluster) throws CommandException, IOException, InterruptedException {
      String wanted = name == null ? Instant.now().truncatedTo(ChronoUnit.SECONDS) + "" : name;
      requireName(wanted);
      ClusterHistory of = ClusterHistory.of(cluster, new Volumes(cluster).find(volume), "snapshot");
      VolumeHistory.Created made = of.history().create(wanted);
      Map<String, Object> fields = fields(made.snapshot());
      fields.put("complete", made.complete());
      answer(made.snapshot().name(), fields);
      if (made.complete()) {
        return ExitCode.OK;
      }
      err()
          .println(
              "cairn: a mount did not commit in time: the snapshot lacks what it had in memory");
      return ExitCode.PARTIAL;
    }
  }

  /** {@code cairn volume snapshot list}. */
  @Command(
      name = "list",
      description = "List a volume's snapshots, oldest first.",
      footer = {"", "Example:", "  cairn volume snapshot list photos --json"})
  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls
  static final class ListAll extends ClusterVerb {

    @Parameters(paramLabel = "VOLUME", description = "Its name or id.")
    private String volume;

    @Override
    int call(Cluster cluster) throws CommandException, IOException, InterruptedException {
      ClusterHistory of =
          ClusterHistory.of(cluster, new Volumes(cluster).find(volume), "snapshots");
      for (Snapshot snapshot : of.history().list().snapshots()) {
        answer(line(snapshot), fields(snapshot));
      }
      return ExitCode.OK;
    }

    private static String line(Snapshot snapshot) {
      return String.format(
          "%-20s  %10s  %9d inodes  %s%s",
          snapshot.created().truncatedTo(ChronoUnit.SECONDS),
          Sizes.format(snapshot.usage().bytes()),
          snapshot.usage().inodes(),
          snapshot.name(),
          snapshot.automatic() ? "  (automatic)" : "");
    }
  }

  /** {@code cairn volume snapshot delete}. */
  @Command(
      name = "delete",
      description = {
        "Forget snapshots. Says which without --yes.",
        "What only they keep becomes garbage."
      },
      footer = {"", "Example:", "  cairn volume snapshot delete photos before-sorting --yes"})
  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls
  static final class Delete extends ClusterVerb {

    @Parameters(index = "0", paramLabel = "VOLUME", description = "Its name or id.")
    private String volume;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "NAME", description = "Which.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--yes", description = "Do it.")
    private boolean yes;

    @Override
    int call(Cluster cluster) throws CommandException, IOException, InterruptedException {
      ClusterHistory of =
          ClusterHistory.of(cluster, new Volumes(cluster).find(volume), "snapshots");
      List<Snapshot> found = new ArrayList<>();
      for (String name : names) {
        found.add(of.history().find(name));
      }
      for (Snapshot snapshot : found) {
        if (yes) {
          of.snapshots().delete(of.founding().volume(), snapshot.serial(), ClusterHistory.TIMEOUT);
        }
        Map<String, Object> fields = fields(snapshot);
        fields.put("deleted", yes);
        String made = snapshot.name() + " of " + snapshot.created();
        answer(yes ? "deleted " + made : "would delete " + made + "; --yes does it", fields);
      }
      return ExitCode.OK;
    }
  }

  /** {@code cairn volume snapshot diff}. */
  @Command(
      name = "diff",
      description = {
        "Say what changed: + created, - deleted, M modified, R renamed, by path.",
        "In paths, control characters and bytes that are not UTF-8 are written as \\xHH."
      },
      footer = {
        "",
        "Examples:",
        "  cairn volume snapshot diff photos monday            to what is committed now",
        "  cairn volume snapshot diff photos monday tuesday --json"
      })
  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls
  static final class Diff extends ClusterVerb {

    @Parameters(index = "0", paramLabel = "VOLUME", description = "Its name or id.")
    private String volume;

    @Parameters(index = "1", paramLabel = "FROM", description = "A snapshot.")
    private String from;

    @Parameters(
        index = "2",
        arity = "0..1",
        paramLabel = "TO",
        description = "A later one. Default: what is committed now.")
    private @Nullable String to;

    @Override
    int call(Cluster cluster) throws CommandException, IOException, InterruptedException {
      ClusterHistory of = ClusterHistory.of(cluster, new Volumes(cluster).find(volume), "diff");
      for (PathChange change : of.history().diff(from, to)) {
        answer(line(change), fields(change));
      }
      return ExitCode.OK;
    }

    private static String line(PathChange change) {
      return switch (change.kind()) {
        case CREATED -> "+ " + change.path();
        case DELETED -> "- " + change.path();
        case MODIFIED -> "M " + change.path();
        case RENAMED -> "R " + change.from() + " -> " + change.path();
      };
    }

    private static Map<String, Object> fields(PathChange change) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("change", change.kind().name().toLowerCase(Locale.ROOT));
      fields.put("type", change.type().name().toLowerCase(Locale.ROOT));
      fields.put("path", change.path());
      String was = change.from();
      if (was != null) {
        fields.put("from", was);
      }
      return fields;
    }
  }

  /** {@code cairn volume snapshot schedule}. */
  @Command(
      name = "schedule",
      description = {
        "Show or set when snapshots are made by themselves, mounted or not, and which are kept.",
        "Only snapshots that a schedule made are deleted by it."
      },
      footer = {
        "",
        "Examples:",
        "  cairn volume snapshot schedule photos --every 1h --keep 24h:1h,7d:1d,52w:1w",
        "  cairn volume snapshot schedule photos --off"
      })
  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls
  static final class Schedule extends ClusterVerb {

    @Parameters(paramLabel = "VOLUME", description = "Its name or id.")
    private String volume;

    @Option(names = "--every", paramLabel = "TIME", description = "How often, such as 15m or 1h.")
    private @Nullable String every;

    @Option(
        names = "--keep",
        paramLabel = "PERIOD:EACH,...",
        description = {
          "For each period the first snapshot of each span of time,",
          "such as 7d:1d. Default: all are kept."
        })
    private @Nullable String keep;

    @Option(names = "--off", description = "Make none any more; those there are stay.")
    private boolean off;

    @Override
    int call(Cluster cluster) throws CommandException, IOException, InterruptedException {
      if ((off && (every != null || keep != null)) || (keep != null && every == null)) {
        throw new CommandException(ExitCode.USAGE, "it is --every with --keep, or --off", null);
      }
      ClusterHistory of = ClusterHistory.of(cluster, new Volumes(cluster).find(volume), "schedule");
      SnapshotList list = of.history().list();
      SnapshotSchedule schedule = list.schedule();
      if (off || every != null) {
        schedule = off ? SnapshotSchedule.NONE : parsed();
        of.snapshots().setSchedule(of.founding().volume(), schedule, ClusterHistory.TIMEOUT);
      }
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("name", of.founding().name());
      fields.put("every", schedule.isNone() ? "" : ScheduleText.format(schedule.every()));
      fields.put("keep", ScheduleText.format(schedule.keep()));
      fields.put("automatic", list.snapshots().stream().filter(Snapshot::automatic).count());
      answer(text(schedule), fields);
      return ExitCode.OK;
    }

    private SnapshotSchedule parsed() throws CommandException {
      try {
        Duration time = ScheduleText.duration(every == null ? "" : every);
        return new SnapshotSchedule(time, keep == null ? List.of() : ScheduleText.keep(keep));
      } catch (IllegalArgumentException e) {
        throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
      }
    }

    private static String text(SnapshotSchedule schedule) {
      if (schedule.isNone()) {
        return "no snapshots by themselves";
      }
      String kept = schedule.keep().isEmpty() ? "all" : ScheduleText.format(schedule.keep());
      return "every " + ScheduleText.format(schedule.every()) + ", kept: " + kept;
    }
  }
}
