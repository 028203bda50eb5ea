package io.cairnfs.dht.core;

/**
 * Says whether a value is what its key's owner signed. A pure function; nothing invalid is kept or
 * believed.
 */
@FunctionalInterface
public interface ValueValidator {

  boolean isValid(Value value);
}
