package io.cairnfs.node.worker;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Where the orders of operators are kept, by the names of the workers. Thread-safe. */
public interface Orders {

  /** The last one; {@link Order#NONE} if there is none. */
  Order of(String worker);

  /** Keeps an order; it is durable, as far as these orders are, when this returns. */
  void keep(String worker, Order order) throws IOException, InterruptedException;

  /** Orders that are forgotten with the process. */
  static Orders forgetful() {
    Map<String, Order> orders = new ConcurrentHashMap<>();
    return new Orders() {
      @Override
      public Order of(String worker) {
        return orders.getOrDefault(worker, Order.NONE);
      }

      @Override
      public void keep(String worker, Order order) {
        orders.put(worker, order);
      }
    };
  }
}
