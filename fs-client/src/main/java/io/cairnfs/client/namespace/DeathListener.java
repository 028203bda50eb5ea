package io.cairnfs.client.namespace;

/**
 * Hears of a session's death: it was fenced, or could not commit. Then everything open fails, and a
 * new session is opened.
 */
@FunctionalInterface
public interface DeathListener {

  /**
   * Called once, on a thread of its own.
   *
   * @param reason why
   * @param lostTransactions how many transactions were applied and are lost
   */
  void died(NamespaceException reason, int lostTransactions);
}
