/** CAR files: content-addressed blocks in a stream. */
@NullMarked
package io.cairnfs.client.car;

import org.jspecify.annotations.NullMarked;
