/** Turns replicated blocks of files that nobody changes into stripes, in the background. */
@NullMarked
package io.cairnfs.client.stripe;

import org.jspecify.annotations.NullMarked;
