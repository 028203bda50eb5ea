package io.cairnfs.node.worker;

/** An order that cannot be carried out; the message says why, to who gave it. */
public final class OrderException extends Exception {

  private static final long serialVersionUID = 1;

  OrderException(String message) {
    super(message);
  }
}
