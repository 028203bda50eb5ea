/** How nodes keep their blocks whole between them. */
@NullMarked
package io.cairnfs.protocol.repair;

import org.jspecify.annotations.NullMarked;
