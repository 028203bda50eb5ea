package io.cairnfs.node.config;

import java.io.IOException;

/** A configuration file is wrong; the message names the file, the line and the key. */
public final class ConfigException extends IOException {

  public ConfigException(String message) {
    super(message);
  }
}
