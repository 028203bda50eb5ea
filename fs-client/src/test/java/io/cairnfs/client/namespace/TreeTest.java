package io.cairnfs.client.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.testing.MemoryBlocks;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.ipld.CborException;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tree against a {@link TreeMap}, over many generations. */
final class TreeTest {

  private static final int GENERATIONS = 40;
  private static final int CHANGES = 2500;

  private final MemoryBlocks blocks = new MemoryBlocks();
  private final NodeLoader loader = new NodeLoader(blocks, new NodeCache(1 << 20));

  private Cid merge(@Nullable Cid root, Layer layer)
      throws NamespaceException, InterruptedException {
    return TreeMerge.merge(root, layer, loader, this::store);
  }

  private void store(Block block) throws NamespaceException, InterruptedException {
    try {
      blocks.put(List.of(block));
    } catch (BlockException e) {
      throw new AssertionError(e);
    }
  }

  /** A tree whose nodes are all at hand. */
  private Tree tree(@Nullable Cid root) {
    return new Tree(
        root,
        cid -> {
          try {
            return loader.load(cid);
          } catch (NamespaceException | InterruptedException e) {
            throw new AssertionError(e);
          }
        });
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyGenerationEqualsTheModel(long seed) throws Exception {
    Random random = new Random(seed);
    TreeMap<Key, Value> model = new TreeMap<>();
    Cid root = null;
    for (int generation = 0; generation < GENERATIONS; generation++) {
      Layer layer = new Layer();
      int span = 1 + random.nextInt(20_000);
      boolean shrinking = generation % 10 > 6;
      for (int i = 0; i < CHANGES; i++) {
        change(random, span, shrinking, layer, model);
      }
      root = merge(root, layer);
      if (generation % 5 == 4) {
        assertSame(model, tree(root), random, seed);
        assertBalanced(root);
      }
    }
  }

  private static void change(
      Random random, int span, boolean shrinking, Layer layer, NavigableMap<Key, Value> model) {
    Key key = randomKey(random, span);
    int dice = random.nextInt(100);
    if (dice == 0) {
      Key from = Key.extent(key.inode(), 0);
      Key to = Key.extent(key.inode() + 1 + random.nextInt(shrinking ? span : 20), 0);
      layer.clear(from, to);
      model.subMap(from, true, to, false).clear();
    } else if (dice < (shrinking ? 80 : 25)) {
      layer.put(key, Value.Absent.ABSENT);
      model.remove(key);
    } else {
      Value value = TestValues.random(key, random);
      layer.put(key, value);
      model.put(key, value);
    }
  }

  private static Key randomKey(Random random, int span) {
    long inode = random.nextInt(span);
    return switch (random.nextInt(4)) {
      case 0 -> Key.inode(inode);
      case 1 -> Key.times(inode);
      case 2 -> Key.xattr(inode, TestValues.bytes(random, 1 + random.nextInt(3)));
      default -> Key.extent(inode, random.nextInt(8) * 1000L);
    };
  }

  private static void assertSame(
      NavigableMap<Key, Value> model, Tree tree, Random random, long seed) {
    Cursor cursor = tree.cursor(Key.orphan(0));
    for (Map.Entry<Key, Value> entry : model.entrySet()) {
      assertTrue(cursor.isValid(), "seed " + seed);
      assertEquals(entry.getKey(), cursor.key(), "seed " + seed);
      assertEquals(TestValues.encoded(entry.getValue()), TestValues.encoded(cursor.value()));
      cursor.next();
    }
    assertEquals(false, cursor.isValid());
    for (int i = 0; i < 300; i++) {
      Key key = randomKey(random, 20_000);
      Value expected = model.get(key);
      Value actual = tree.get(key);
      assertEquals(
          expected == null ? "none" : TestValues.encoded(expected),
          actual == null ? "none" : TestValues.encoded(actual));
      assertEquals(model.floorKey(key), keyOf(tree.floor(key)));
      assertEquals(model.lowerKey(key), keyOf(tree.lower(key)));
      cursor.seek(key);
      assertEquals(model.ceilingKey(key), cursor.isValid() ? cursor.key() : null);
    }
  }

  private static @Nullable Key keyOf(Tree.@Nullable Found found) {
    return found == null ? null : found.key();
  }

  private void assertBalanced(Cid root) throws Exception {
    Node node = loader.load(root);
    assertBalanced(node, node.level(), true);
  }

  private void assertBalanced(Node node, int level, boolean last) throws Exception {
    assertEquals(level, node.level());
    for (int i = 0; i < node.count() && level > 0; i++) {
      boolean lastChild = last && i == node.count() - 1;
      byte[] bytes = blocks.get(node.child(i));
      assertTrue(
          lastChild || bytes.length > TreeBuilder.TARGET_BYTES / 4,
          "a node of " + bytes.length + " bytes");
      assertTrue(
          bytes.length < 8 * TreeBuilder.TARGET_BYTES, "a node of " + bytes.length + " bytes");
      Node child = Node.decode(bytes);
      assertEquals(node.key(i), child.key(0));
      assertBalanced(child, level - 1, lastChild);
    }
  }

  @Test
  void aSmallChangeWritesOnePath() throws Exception {
    Layer many = new Layer();
    for (int i = 0; i < 100_000; i++) {
      many.put(Key.inode(i), TestValues.file(i));
    }
    Cid root = merge(null, many);
    int height = loader.load(root).level() + 1;
    long before = blocks.puts();

    Layer one = new Layer();
    one.put(Key.inode(50_000), TestValues.file(-1));
    Cid changed = merge(root, one);

    assertEquals(height, blocks.puts() - before);
    assertEquals(TestValues.file(-1).uid(), uid(changed));
    assertEquals(50_000, uid(root), "the old tree is as it was");
  }

  private int uid(Cid root) {
    return ((Inode) Objects.requireNonNull(tree(root).get(Key.inode(50_000)))).uid();
  }

  @Test
  void aClearedRangeIsNotRead() throws Exception {
    Layer file = new Layer();
    Random random = new Random(4);
    for (int i = 0; i < 50_000; i++) {
      file.put(Key.extent(7, i * 1000L), TestValues.random(Key.extent(7, 0), random));
    }
    file.put(Key.inode(7), TestValues.file(0));
    Cid root = merge(null, file);
    NodeLoader cold = new NodeLoader(blocks, new NodeCache(1 << 20));
    long before = blocks.gets();

    Layer truncation = new Layer();
    truncation.clear(Key.extent(7, 0), Key.extent(8, 0));
    Cid empty = TreeMerge.merge(root, truncation, cold, this::store);

    assertTrue(blocks.gets() - before < 10, "read " + (blocks.gets() - before));
    assertEquals(1, Node.decode(blocks.get(empty)).count());
  }

  @Test
  void anEmptyMapHasARootToo() throws Exception {
    Cid root = merge(null, new Layer());
    assertNull(tree(root).get(Key.inode(1)));
    assertEquals(false, tree(root).cursor(Key.orphan(0)).isValid());
    assertEquals(0, Node.decode(blocks.get(root)).count());
  }

  @Test
  void aMissingNodeIsAskedForWithItsNeighbours() throws Exception {
    Layer many = new Layer();
    for (int i = 0; i < 100_000; i++) {
      many.put(Key.inode(i), TestValues.file(i));
    }
    Cid root = merge(null, many);
    Node top = loader.load(root);
    Tree tree = new Tree(root, cid -> cid.equals(root) ? top : null);
    MissingBlockException missing =
        assertThrows(MissingBlockException.class, () -> tree.cursor(Key.inode(0)));
    assertEquals(top.children(0, 17), missing.cids());
    assertEquals(
        2, tree.missing(List.of(Key.inode(0), Key.inode(1), Key.inode(99_999)), 64).size());
  }

  @Test
  void whatIsNoNodeIsRefused() {
    Random random = new Random(5);
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = TestValues.bytes(random, random.nextInt(100));
      assertThrows(CborException.class, () -> Node.decode(bytes));
    }
  }

  @Test
  void theCacheKeepsItsBound() throws Exception {
    Layer many = new Layer();
    for (int i = 0; i < 100_000; i++) {
      many.put(Key.inode(i), TestValues.file(i));
    }
    Cid root = merge(null, many);
    NodeCache small = new NodeCache(500_000);
    NodeLoader bounded = new NodeLoader(blocks, small);
    Node top = bounded.load(root);
    for (int i = 0; i < top.count(); i++) {
      Node leaf = bounded.load(top.child(i));
      assertEquals(0, leaf.level());
      assertTrue(small.weight() <= 500_000 + leaf.weight());
      assertTrue(small.find(root) != null, "what is used stays");
    }
    assertNull(small.find(top.child(0)));
  }
}
