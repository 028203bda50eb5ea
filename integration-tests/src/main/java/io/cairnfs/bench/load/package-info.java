/** The load: what is done to a directory, and how long it takes. It knows no file system. */
@NullMarked
package io.cairnfs.bench.load;

import org.jspecify.annotations.NullMarked;
