/** The {@code cairn} command: the composition root of every process that Cairn runs. */
@NullMarked
package io.cairnfs.client.cli;

import org.jspecify.annotations.NullMarked;
