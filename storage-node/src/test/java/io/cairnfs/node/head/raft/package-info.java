@NullMarked
package io.cairnfs.node.head.raft;

import org.jspecify.annotations.NullMarked;
