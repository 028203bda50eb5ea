/** What operators ask of nodes. */
@NullMarked
package io.cairnfs.protocol.admin;

import org.jspecify.annotations.NullMarked;
