/**
 * What POSIX and Linux promise of a file system: one class for each area. Runs on a mount and on a
 * plain local directory, which proves the suite itself, in the extended build on three nodes too,
 * or on any directory that the system property {@code cairn.posix.directory} names.
 */
@NullMarked
package io.cairnfs.it.posix;

import org.jspecify.annotations.NullMarked;
