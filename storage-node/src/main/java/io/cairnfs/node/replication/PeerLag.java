package io.cairnfs.node.replication;

/**
 * How far one peer has confirmed this node's arrival log, how far it should have by now, and how
 * many blocks in between it should hold. Confined to {@link PeerLags}' lock.
 *
 * <p>Counting follows the log, so each arrival is looked at once: what a page of answers found to
 * concern the peer is subtracted when the peer confirms that page.
 */
final class PeerLag {

  private long confirmed;
  private long due;
  private long counted;
  private long unconfirmed;
  private long pageFrom;
  private long pageThrough;
  private long pageMatches;

  PeerLag(long confirmed, long due) {
    this.confirmed = confirmed;
    this.due = due;
    this.counted = confirmed;
    this.pageThrough = -1;
  }

  /** The peer needs nothing up to this sequence any more. */
  void confirm(long through) {
    if (through == confirmed) {
      return;
    }
    boolean pageConfirmed = through == pageThrough && pageFrom == confirmed && through <= counted;
    confirmed = through;
    if (pageConfirmed) {
      // The placement may have answered otherwise when it was counted.
      // Nor does what was deleted since match any more; nothing lies beyond what was counted.
      unconfirmed = through == counted ? 0 : Math.max(0, unconfirmed - pageMatches);
    } else {
      restart();
    }
  }

  /** Remembers what the peer was told about the log between two sequences. */
  void answered(long from, long through, long matches) {
    pageFrom = from;
    pageThrough = through;
    pageMatches = matches;
  }

  /** The peer should have confirmed everything up to a sequence. */
  void expect(long through) {
    due = Math.max(due, through);
  }

  /** Adds what was found between {@link #counted} and a sequence. */
  void count(long through, long matches) {
    unconfirmed += matches;
    counted = through;
  }

  /** Forgets the count: the cluster has changed, or the peer jumped. */
  void restart() {
    counted = confirmed;
    unconfirmed = 0;
    pageThrough = -1;
  }

  long confirmed() {
    return confirmed;
  }

  /** Where counting goes on. */
  long counted() {
    return counted;
  }

  /** Up to where it is to go. */
  long due() {
    return due;
  }

  long unconfirmed() {
    return unconfirmed;
  }

  /** What is due and not counted yet. */
  long uncounted() {
    return Math.max(0, due - counted);
  }
}
