/** In-memory twins of the client's ports, for tests. */
@NullMarked
package io.cairnfs.client.testing;

import org.jspecify.annotations.NullMarked;
