package io.cairnfs.node.worker;

import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.StoreException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Orders that outlive the process, in a note of the block store: for each worker its name (UTF-8,
 * after its length in 2 bytes), 1 or 0 for paused, and bytes per second (8).
 */
public final class StoredOrders implements Orders {

  private static final String NOTE = "workers";

  private final BlockStore store;
  private final Map<String, Order> orders;

  private StoredOrders(BlockStore store, Map<String, Order> orders) {
    this.store = store;
    this.orders = orders;
  }

  /**
   * @throws StoreException if the store cannot be read
   */
  public static StoredOrders of(BlockStore store) throws StoreException, InterruptedException {
    byte[] note = store.note(NOTE);
    return new StoredOrders(store, decode(note == null ? new byte[0] : note));
  }

  @Override
  public synchronized Order of(String worker) {
    return orders.getOrDefault(worker, Order.NONE);
  }

  @Override
  public synchronized void keep(String worker, Order order)
      throws StoreException, InterruptedException {
    Map<String, Order> next = new TreeMap<>(orders);
    if (order.equals(Order.NONE)) {
      next.remove(worker);
    } else {
      next.put(worker, order);
    }
    store.keepNote(NOTE, encode(next));
    orders.clear();
    orders.putAll(next);
  }

  private static byte[] encode(Map<String, Order> orders) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      for (Map.Entry<String, Order> order : orders.entrySet()) {
        out.writeUTF(order.getKey());
        out.writeBoolean(order.getValue().paused());
        out.writeLong(order.getValue().bytesPerSecond());
      }
    } catch (IOException e) {
      throw new IllegalStateException("memory takes everything", e);
    }
    return bytes.toByteArray();
  }

  private static Map<String, Order> decode(byte[] note) throws StoreException {
    Map<String, Order> orders = new TreeMap<>();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(note))) {
      while (in.available() > 0) {
        orders.put(in.readUTF(), new Order(in.readBoolean(), in.readLong()));
      }
    } catch (IOException e) {
      throw new StoreException(
          StoreException.Reason.FAILED, "the orders for workers are damaged", e);
    }
    return orders;
  }
}
