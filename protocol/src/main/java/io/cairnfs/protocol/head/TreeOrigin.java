package io.cairnfs.protocol.head;

import io.cairnfs.protocol.cid.Cid;

/**
 * A tree that a volume's history begins with or goes on from: a snapshot of this volume or of
 * another one.
 *
 * @param root of the tree, whose blocks have their write-acks
 * @param usage what is in it
 * @param nextInode greater than any inode number in it
 */
public record TreeOrigin(Cid root, Usage usage, long nextInode) {}
