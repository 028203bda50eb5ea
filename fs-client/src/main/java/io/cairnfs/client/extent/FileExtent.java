package io.cairnfs.client.extent;

/**
 * An extent at its place in a file.
 *
 * @param offset in the file, in bytes
 * @param extent what is there
 */
public record FileExtent(long offset, Extent extent) {

  /** One past the last byte that it covers. */
  public long end() {
    return offset + extent.length();
  }
}
