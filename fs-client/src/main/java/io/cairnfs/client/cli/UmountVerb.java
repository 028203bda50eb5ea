package io.cairnfs.client.cli;

import io.cairnfs.client.fuse.linux.MountTable;
import io.cairnfs.client.fuse.mounting.MountOptions;
import io.cairnfs.client.fuse.mounting.Unmounter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn umount}: ends a mount and waits until everything is stored. */
@Command(
    name = "umount",
    description = "End a mount; returns when everything that was written is stored.",
    footer = {"", "Example:", "  cairn umount ./mnt"})
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls
final class UmountVerb extends Verb {

  /** What remains between the mount's timeout and an answer to the user. */
  private static final Duration SLACK = Duration.ofMillis(900);

  @Parameters(paramLabel = "DIRECTORY", description = "Where it is mounted.")
  private Path given;

  @Option(
      names = {"-l", "--lazy"},
      description = "Also if it is in use: it ends when what is open there is closed.")
  private boolean lazy;

  @Override
  public Integer call() throws CommandException, IOException, InterruptedException {
    Path directory = MountPaths.resolve(given);
    MountRecords records = new MountRecords(ClientPaths.ofThisUser().mounts());
    @Nullable MountRecord mount = records.find(directory);
    boolean mounted =
        MountTable.at(directory).filter(m -> m.type().equals(MountOptions.TYPE)).isPresent();
    boolean served = mount != null && mount.process().isRunning();
    if (!mounted && !served) {
      throw new CommandException(given + " is no mount of Cairn; findmnt -t fuse.cairn shows them");
    }
    if (mount == null) {
      unmountForeign(directory);
      return ExitCode.OK;
    }
    if (!served) {
      Unmounter.detach(directory);
      records.remove(directory);
      done("removed the mount on " + directory + " that a dead process left", directory);
      return ExitCode.OK;
    }
    long deadline = System.nanoTime() + mount.timeout().plus(SLACK).toNanos();
    if (mounted && lazy) {
      Unmounter.detach(directory);
      done("detached " + directory + "; it ends when it is not used any more", directory);
      return ExitCode.OK;
    }
    if (mounted) {
      unmount(directory, deadline);
    }
    awaitEnd(records, mount, deadline);
    done("unmounted " + directory, directory);
    return ExitCode.OK;
  }

  /** A mount of another user or data directory: its process stores what was written by itself. */
  private void unmountForeign(Path directory)
      throws CommandException, IOException, InterruptedException {
    if (lazy) {
      Unmounter.detach(directory);
    } else {
      Duration patience = MountOptions.DEFAULT.timeout().plus(SLACK);
      unmount(directory, System.nanoTime() + patience.toNanos());
    }
    done("unmounted " + directory + ", which a process of other settings served", directory);
  }

  /** Unmounts; on a thread of its own, since a mount that does not answer cannot be interrupted. */
  private static void unmount(Path directory, long deadline)
      throws IOException, InterruptedException, CommandException {
    FutureTask<Boolean> task =
        new FutureTask<>(
            () -> {
              Unmounter.unmount(directory);
              return true;
            });
    Thread.ofPlatform().daemon().name("unmount").start(task);
    try {
      task.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new CommandException(
          directory + " does not answer; cairn umount --lazy " + directory, e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IOException("unmounting " + directory + " failed", e.getCause());
    }
  }

  private static void awaitEnd(MountRecords records, MountRecord mount, long deadline)
      throws IOException, InterruptedException, CommandException {
    if (!mount.process().awaitEnd(Duration.ofNanos(deadline - System.nanoTime()))) {
      throw new CommandException(
          mount.directory()
              + " is unmounted, but process "
              + mount.process().pid()
              + " is still storing what was written"
              + mount.logHint());
    }
    MountRecord last = records.find(mount.directory());
    if (last == null || !last.process().equals(mount.process())) {
      return;
    }
    records.remove(mount.directory());
    String why = last.failure() == null ? "its process was killed" : last.failure();
    throw new CommandException(
        mount.directory()
            + " is unmounted, but not everything was stored: "
            + why
            + last.logHint());
  }

  private void done(String text, Path directory) {
    answer(text, Map.of("directory", directory.toString()));
  }
}
