package io.cairnfs.it.linear;

/**
 * One system call of one program.
 *
 * @param start read from the clock before it, in nanoseconds
 * @param end read after it
 */
public record Call(int worker, long start, long end, Act act, Answer answer) {

  @Override
  public String toString() {
    return worker + " [" + start + ".." + end + "] " + act + " -> " + answer;
  }
}
