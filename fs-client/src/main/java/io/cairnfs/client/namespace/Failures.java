package io.cairnfs.client.namespace;

import io.cairnfs.client.block.BlockException;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.ipld.CborException;

/** Turns failures of blocks and heads into those of the namespace. */
final class Failures {

  /** Why blocks could not be had or stored. */
  static NamespaceException ofBlocks(Throwable cause) {
    NamespaceException.Reason reason =
        switch (cause) {
          case BlockException e ->
              switch (e.reason()) {
                case UNAVAILABLE -> NamespaceException.Reason.UNAVAILABLE;
                case NOT_FOUND -> NamespaceException.Reason.DAMAGED;
                case NO_SPACE -> NamespaceException.Reason.NO_SPACE;
              };
          case CborException e -> NamespaceException.Reason.DAMAGED;
          default -> NamespaceException.Reason.UNAVAILABLE;
        };
    return new NamespaceException(reason, "blocks: " + cause.getMessage(), cause);
  }

  /** Why a head refused or did not answer. */
  static NamespaceException ofHead(HeadException cause) {
    NamespaceException.Reason reason =
        switch (cause.reason()) {
          case UNAVAILABLE, NOT_LEADER, MOVED, HELD, RECALLING, FOLD_FIRST, STALE_CLAIMS ->
              NamespaceException.Reason.UNAVAILABLE;
          case FENCED, UNKNOWN_VOLUME, EXISTS, OVERTAKEN, REFUSED ->
              NamespaceException.Reason.FENCED;
        };
    return new NamespaceException(reason, "head: " + cause.getMessage(), cause);
  }

  static NamespaceException overQuota() {
    return new NamespaceException(
        NamespaceException.Reason.OVER_QUOTA, "a quota of the volume is used up", null);
  }

  private Failures() {}
}
