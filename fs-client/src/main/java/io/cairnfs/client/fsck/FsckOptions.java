package io.cairnfs.client.fsck;

/**
 * What a check does.
 *
 * @param repair whether to mend what can be mended
 * @param beside whether to look at what is committed without taking the lease, so that the volume
 *     may be mounted meanwhile; excludes {@code repair}
 * @param readBytes whether to read every replica of every block instead of asking whether it is
 *     there
 * @param holder names the check to people, such as {@code host:pid:fsck}
 */
public record FsckOptions(boolean repair, boolean beside, boolean readBytes, String holder) {

  public FsckOptions {
    if (repair && beside) {
      throw new IllegalArgumentException("only the holder of a volume repairs it");
    }
  }
}
