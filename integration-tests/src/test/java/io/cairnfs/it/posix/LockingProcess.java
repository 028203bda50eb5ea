package io.cairnfs.it.posix;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.cairnfs.it.JavaProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Another process that has a file open and takes locks on it, one after the other, as it is told by
 * its standard input: the words of a {@link RecordLock}, {@code flock} with its operation, {@code
 * close} of another descriptor of the file, {@code reopen} of its own, or {@code count}: so many
 * times it locks the file, reads the number that is in it, and writes the next one; {@code leave}
 * closes its own, and {@code open} opens a file. It answers with an errno or 0. A test that is done
 * with one leaves it to the next.
 */
public final class LockingProcess implements AutoCloseable {

  private static final int HEAP_MEBIBYTES = 32;
  private static final long PATIENCE_SECONDS = 30;
  private static final int DONE = 0;
  private static final int COUNTER_DIGITS = 10;

  private static final Queue<LockingProcess> IDLE = new ConcurrentLinkedQueue<>();

  private final Process process;
  private final BufferedReader answers;
  private final AtomicInteger pending = new AtomicInteger();

  private LockingProcess(Process process) {
    this.process = process;
    answers = process.inputReader(US_ASCII);
  }

  /** One that has the file open for reading and writing when this returns. */
  public static LockingProcess of(Path file) throws Exception {
    LockingProcess idle = IDLE.poll();
    LockingProcess free =
        idle != null
            ? idle
            : new LockingProcess(JavaProcess.start(HEAP_MEBIBYTES, LockingProcess.class));
    int refused = free.tell("open " + file);
    if (refused != DONE) {
      free.kill();
      throw new IOException(file + " does not open: errno " + refused);
    }
    return free;
  }

  /** What the other process runs. */
  public static void main(String[] arguments) throws IOException {
    Path file = Path.of("/");
    Descriptor open = new Descriptor(-1);
    BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, US_ASCII));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case "flock" ->
            System.out.println(Libc.errnoOf("flock", open.fd(), Integer.parseInt(words[1])));
        case "close" -> {
          Descriptor.open(file, Libc.O_RDONLY).close();
          System.out.println(DONE);
        }
        case "open" -> {
          file = Path.of(line.substring("open ".length()));
          open = Descriptor.open(file, Libc.O_RDWR);
          System.out.println(DONE);
        }
        case "leave" -> {
          int unused = Libc.errnoOf("close", open.fd()); // which may tell of locks that were lost
          System.out.println(DONE);
        }
        case "reopen" -> {
          int unused = Libc.errnoOf("close", open.fd()); // which may tell of locks that were lost
          open = Descriptor.open(file, Libc.O_RDWR);
          System.out.println(DONE);
        }
        case "count" -> System.out.println(count(open, Integer.parseInt(words[1])));
        default ->
            System.out.println(
                RecordLock.set(
                    open.fd(),
                    Integer.parseInt(words[0]),
                    Integer.parseInt(words[1]),
                    Long.parseLong(words[2]),
                    Long.parseLong(words[3])));
      }
    }
  }

  private static int count(Descriptor open, int times) {
    for (int i = 0; i < times; i++) {
      int refused = RecordLock.set(open.fd(), RecordLock.F_SETLKW, RecordLock.F_WRLCK, 0, 0);
      if (refused != DONE) {
        return refused;
      }
      int number = Integer.parseInt(open.text(COUNTER_DIGITS, 0).strip());
      open.write("%10d".formatted(number + 1), 0);
      RecordLock.set(open.fd(), RecordLock.F_SETLK, RecordLock.F_UNLCK, 0, 0);
    }
    return DONE;
  }

  private CompletableFuture<Integer> answer() {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            int answer = Integer.parseInt(String.valueOf(answers.readLine()));
            pending.decrementAndGet();
            return answer;
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        Thread::startVirtualThread);
  }

  private int await(CompletableFuture<Integer> answer) throws Exception {
    return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Tells it what to do; its answer comes when that is done. */
  public CompletableFuture<Integer> begin(String command) throws IOException {
    process.outputWriter(US_ASCII).write(command + "\n");
    process.outputWriter(US_ASCII).flush();
    pending.incrementAndGet();
    return answer();
  }

  CompletableFuture<Integer> begin(int command, int type, long start, long length)
      throws IOException {
    return begin(command + " " + type + " " + start + " " + length);
  }

  public int tell(String command) throws Exception {
    return await(begin(command));
  }

  /** As {@link RecordLock#set}, over there. */
  int set(int command, int type, long start, long length) throws Exception {
    return await(begin(command, type, start, length));
  }

  int pid() {
    return Math.toIntExact(process.pid());
  }

  /** kill -9. */
  public void kill() {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // what is left is the reaper's
    }
  }

  /** Has it close the file; if it waits for something, or does not answer, it ends. */
  @Override
  public void close() {
    if (!process.isAlive()) {
      return;
    }
    try {
      if (pending.get() == 0) {
        tell("leave");
        IDLE.add(this);
        return;
      }
    } catch (Exception e) {
      System.err.println("a process that locked does not leave: " + e);
    }
    kill();
  }
}
