/**
 * Whether what several programs saw of a few shared directories could have happened one operation
 * after the other: a checker of linearizability, and the model of a directory tree. Pure: no file
 * system is touched here.
 */
@NullMarked
package io.cairnfs.it.linear;

import org.jspecify.annotations.NullMarked;
