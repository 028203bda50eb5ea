package io.cairnfs.dht.driver;

import io.cairnfs.dht.core.DhtConfig;
import io.cairnfs.dht.core.ValueValidator;
import io.cairnfs.dht.record.Ed25519Verifier;
import io.cairnfs.dht.record.RecordVerifier;
import io.cairnfs.protocol.transport.Peer;
import java.util.List;

/**
 * How a participant is composed.
 *
 * @param config how it behaves
 * @param bootstrap whom to join by; ids may be unknown
 * @param validator says which values are kept and believed
 * @param verifier checks the signatures of records
 * @param book what it remembers over restarts
 * @param listener hears of changes
 */
public record DhtOptions(
    DhtConfig config,
    List<Peer> bootstrap,
    ValueValidator validator,
    RecordVerifier verifier,
    AddressBook book,
    PeerListener listener) {

  public DhtOptions {
    bootstrap = List.copyOf(bootstrap);
  }

  /** A node that keeps no values and remembers nothing over restarts. */
  public static DhtOptions node(List<Peer> bootstrap) {
    return new DhtOptions(
        DhtConfig.defaults(),
        bootstrap,
        value -> false,
        new Ed25519Verifier(),
        AddressBook.NONE,
        PeerListener.NONE);
  }

  /** A participant that only asks, such as a mount. */
  public static DhtOptions client(List<Peer> bootstrap) {
    return node(bootstrap).withConfig(DhtConfig.defaults().asClient());
  }

  public DhtOptions withConfig(DhtConfig newConfig) {
    return new DhtOptions(newConfig, bootstrap, validator, verifier, book, listener);
  }

  public DhtOptions withValidator(ValueValidator newValidator) {
    return new DhtOptions(config, bootstrap, newValidator, verifier, book, listener);
  }

  public DhtOptions withVerifier(RecordVerifier newVerifier) {
    return new DhtOptions(config, bootstrap, validator, newVerifier, book, listener);
  }

  public DhtOptions withBook(AddressBook newBook) {
    return new DhtOptions(config, bootstrap, validator, verifier, newBook, listener);
  }

  public DhtOptions withListener(PeerListener newListener) {
    return new DhtOptions(config, bootstrap, validator, verifier, book, newListener);
  }
}
