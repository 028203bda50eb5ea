package io.cairnfs.protocol.transport;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A request failed, here or at the peer, with a numbered error. */
public final class WireException extends IOException {

  private final WireError error;
  private final String detail;

  public WireException(WireError error, String detail) {
    this(error, detail, null);
  }

  public WireException(WireError error, String detail, @Nullable Throwable cause) {
    super(error + ": " + detail, cause);
    this.error = error;
    this.detail = detail;
  }

  public WireError error() {
    return error;
  }

  /** One line for a person, without the error's name. */
  public String detail() {
    return detail;
  }
}
