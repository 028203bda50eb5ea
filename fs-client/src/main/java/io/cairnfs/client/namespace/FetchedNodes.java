package io.cairnfs.client.namespace;

import io.cairnfs.protocol.cid.Cid;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that one operation has fetched: they stay until it is done, so that it comes to its end
 * even if it needs more than the cache has room for. For one thread.
 */
final class FetchedNodes implements NodeSource {

  private final NodeLoader loader;
  private final Map<Cid, Node> nodes = new HashMap<>();

  FetchedNodes(NodeLoader loader) {
    this.loader = loader;
  }

  void fetch(List<Cid> cids) throws NamespaceException, InterruptedException {
    nodes.putAll(loader.load(cids));
  }

  void clear() {
    nodes.clear();
  }

  @Override
  public @Nullable Node find(Cid cid) {
    Node node = nodes.get(cid);
    return node == null ? loader.cache().find(cid) : node;
  }
}
