/** What nodes say about themselves: signed, versioned records. */
@NullMarked
package io.cairnfs.dht.record;

import org.jspecify.annotations.NullMarked;
