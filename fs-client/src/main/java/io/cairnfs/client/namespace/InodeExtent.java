package io.cairnfs.client.namespace;

import io.cairnfs.client.extent.FileExtent;

/**
 * An extent and whose it is.
 *
 * @param inode the file
 * @param at the extent at its place in the file
 */
public record InodeExtent(long inode, FileExtent at) {}
