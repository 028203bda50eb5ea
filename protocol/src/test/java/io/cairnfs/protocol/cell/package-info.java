@NullMarked
package io.cairnfs.protocol.cell;

import org.jspecify.annotations.NullMarked;
