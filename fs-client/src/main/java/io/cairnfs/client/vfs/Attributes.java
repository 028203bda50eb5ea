package io.cairnfs.client.vfs;

import io.cairnfs.client.namespace.FileType;

/**
 * What stat(2) and statx(2) tell.
 *
 * @param inode number
 * @param type of the inode
 * @param permissions the low 12 bits of the mode
 * @param links link count
 * @param uid owner
 * @param gid group
 * @param device of a device node, as the kernel encodes it in 32 bits
 * @param size in bytes
 * @param blocks allocated units of 512 bytes
 * @param atimeNanos nanoseconds since the epoch
 * @param mtimeNanos likewise
 * @param ctimeNanos likewise
 * @param birthNanos likewise
 */
public record Attributes(
    long inode,
    FileType type,
    int permissions,
    int links,
    int uid,
    int gid,
    int device,
    long size,
    long blocks,
    long atimeNanos,
    long mtimeNanos,
    long ctimeNanos,
    long birthNanos) {

  Attributes withAtime(long nanos) {
    return new Attributes(
        inode,
        type,
        permissions,
        links,
        uid,
        gid,
        device,
        size,
        blocks,
        nanos,
        mtimeNanos,
        ctimeNanos,
        birthNanos);
  }

  Attributes withInode(long number) {
    return new Attributes(
        number,
        type,
        permissions,
        links,
        uid,
        gid,
        device,
        size,
        blocks,
        atimeNanos,
        mtimeNanos,
        ctimeNanos,
        birthNanos);
  }
}
