package io.cairnfs.dht.driver;

import io.cairnfs.dht.core.RememberedNode;
import io.cairnfs.dht.core.Value;
import java.io.IOException;
import java.util.List;

/**
 * What a participant remembers over restarts, so that it finds the others although the nodes that
 * it once joined by are gone. Used by one thread at a time.
 */
public interface AddressBook {

  /**
   * @param nodes peers, those included that were down
   * @param values small values that are kept for others
   */
  record Remembered(List<RememberedNode> nodes, List<Value> values) {

    public static final Remembered NOTHING = new Remembered(List.of(), List.of());

    public Remembered {
      nodes = List.copyOf(nodes);
      values = List.copyOf(values);
    }
  }

  /** Remembers nothing. */
  AddressBook NONE =
      new AddressBook() {
        @Override
        public Remembered load() {
          return Remembered.NOTHING;
        }

        @Override
        public void save(Remembered remembered) {}
      };

  /** What was saved last; nothing if nothing was. */
  Remembered load() throws IOException;

  /** Replaces what was saved, all or not at all. */
  void save(Remembered remembered) throws IOException;
}
