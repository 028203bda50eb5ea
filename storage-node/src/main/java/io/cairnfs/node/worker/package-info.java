/** Background work that an operator can list: one unit at a time, throttled. */
@NullMarked
package io.cairnfs.node.worker;

import org.jspecify.annotations.NullMarked;
