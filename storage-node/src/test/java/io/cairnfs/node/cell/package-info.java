@NullMarked
package io.cairnfs.node.cell;

import org.jspecify.annotations.NullMarked;
