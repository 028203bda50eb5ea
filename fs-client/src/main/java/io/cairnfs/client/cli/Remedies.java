package io.cairnfs.client.cli;

import io.cairnfs.protocol.transport.WireError;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What failures mean to a user, and what to do about them. */
final class Remedies {

  private Remedies() {}

  static String of(WireError error) {
    return switch (error) {
      case INTERNAL -> "the node failed; see its log";
      case MALFORMED, UNKNOWN_METHOD, VERSION ->
          "the node does not understand this (" + error + "); compare the versions of both";
      case NOT_ADMITTED -> "not admitted to this cluster; name its token with --token-file";
      case TOO_LARGE -> "too large for one request";
      case BUSY -> "the node is busy; try again";
      case TIMEOUT -> "no answer in time; see cairn node status";
      case UNREACHABLE -> "not reachable; is the node running, and the address right?";
      case WRONG_IDENTITY -> "another node answers at this address; check --node";
      case CLOSING -> "the node is shutting down; try another one";
      case WRONG_HASH -> "the bytes do not hash to the CID";
      case NOT_FOUND -> "no such block here";
      case NO_SPACE -> "the node has no space left";
      case CORRUPT -> "the block is damaged on this node; read it from another one";
      case STORE_FAILED -> "the node's disk failed; see its log";
      case PINNED -> "pinned; unpin it first with cairn pin rm";
      case BAD_RANGE -> "the block is shorter than that";
      case UNKNOWN_VOLUME -> "the node does not host this volume";
      case FENCED -> "the session has ended";
      case HELD -> "mounted elsewhere";
      case RECALLING -> "another mount has not made room yet; try again";
      case MOVED -> "the volume is on its way to another cell; try again";
      case NOT_LEADER -> "another voter leads, or none yet; try again";
      case REFUSED, OVERTAKEN, FOLD_FIRST, STALE_CLAIMS ->
          "the volume's head refused (" + error + ")";
      case EXISTS -> "exists already";
    };
  }

  static String of(FileSystemException failure) {
    String reason = failure.getReason();
    String what =
        switch (failure) {
          case NoSuchFileException missing -> "no such file or directory";
          case AccessDeniedException denied -> "permission denied";
          case FileAlreadyExistsException exists -> "exists already";
          default -> reason == null ? failure.getClass().getSimpleName() : reason;
        };
    return failure.getFile() + ": " + what;
  }
}
