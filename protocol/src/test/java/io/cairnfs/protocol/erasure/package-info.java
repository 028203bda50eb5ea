@NullMarked
package io.cairnfs.protocol.erasure;

import org.jspecify.annotations.NullMarked;
