/** Heads of volumes kept in files, and put back from there. */
@NullMarked
package io.cairnfs.client.recovery;

import org.jspecify.annotations.NullMarked;
