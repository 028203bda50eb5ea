package io.cairnfs.client.wait;

/**
 * The operation needs to wait, on a thread that must not. It has had no effect: run it again on a
 * thread that may wait. Carries no stack trace; one instance serves all.
 */
public final class WouldBlockException extends RuntimeException {

  @SuppressWarnings("StaticAssignmentOfThrowable") // without a stack trace it is a constant
  static final WouldBlockException INSTANCE = new WouldBlockException();

  private WouldBlockException() {
    super("the operation would have to wait", null, false, false);
  }
}
