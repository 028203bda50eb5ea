/**
 * The rules of {@code fcntl(2)} and {@code flock(2)}: one pure table, which a head has for all
 * shared sessions of a volume, and an exclusive session for itself.
 */
@NullMarked
package io.cairnfs.protocol.lock;

import org.jspecify.annotations.NullMarked;
