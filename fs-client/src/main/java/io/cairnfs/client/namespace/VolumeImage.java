package io.cairnfs.client.namespace;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.Head;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadState;
import io.cairnfs.protocol.head.VolumeId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A volume's map at one sequence, for who examines and mends it: it is read as a whole, and damage
 * is told rather than fatal. Blocking, on one thread; each call ends within the current {@link
 * io.cairnfs.client.wait.Deadline}, but for {@link #walk} and {@link #store}, whose every block has
 * one of its own.
 */
public final class VolumeImage {

  /**
   * Takes what the map has, in this order: orphans; then by inode what describes it; then names, by
   * directory; then extents, by inode and offset. Lost parts come in between.
   */
  public interface Visitor {

    /** A block of the tree. */
    void treeBlock(Cid cid) throws NamespaceException, InterruptedException;

    void lost(LostPart part);

    void orphan(long inode);

    void inode(long number, Inode inode);

    void times(long number, InodeTimes times);

    void parent(long directory, ParentLink link);

    void xattr(long inode, String name);

    void entry(long directory, DirectoryEntry entry)
        throws NamespaceException, InterruptedException;

    void extent(long inode, FileExtent extent) throws NamespaceException, InterruptedException;
  }

  /** Takes what a snapshot's tree has that was not visited before, and maybe more. */
  public interface TreeVisitor {

    /** A block of the tree. */
    void treeBlock(Cid cid) throws NamespaceException, InterruptedException;

    void lost(LostPart part);

    void extent(long inode, FileExtent extent) throws NamespaceException, InterruptedException;
  }

  /** A function of the map. */
  @FunctionalInterface
  public interface Reader<T extends @Nullable Object> {
    T read(NamespaceView view);
  }

  /** Carries a failure through code that cannot throw it. */
  private static final class UnreadableException extends RuntimeException {

    private final transient Exception failure;

    UnreadableException(Exception failure) {
      super(failure);
      this.failure = failure;
    }
  }

  private final @Nullable Cid root;
  private final BlockClient blocks;
  private final NodeLoader loader;
  private final Layer deltas = new Layer();
  private final LayeredMap map;
  private final ImageEdits edits;
  private final List<LostPart> lost = new ArrayList<>();

  /** The blocks of subtrees of which every extent was visited. */
  private final Set<Cid> walked = new HashSet<>();

  private VolumeImage(@Nullable Cid root, BlockClient blocks, long cacheBytes) {
    this.root = root;
    this.blocks = blocks;
    loader = new NodeLoader(blocks, new NodeCache(cacheBytes));
    map = new LayeredMap(List.of(deltas), new Tree(root, this::find));
    edits = new ImageEdits(map);
  }

  /**
   * Reads what was committed since the root.
   *
   * @param blocks says of a block that it is not found only if it is lost for good
   * @throws HeadException {@code REFUSED} if the root is not the volume's any more
   */
  public static VolumeImage open(
      Head head, VolumeId volume, HeadState state, BlockClient blocks, long cacheBytes)
      throws HeadException, NamespaceException, InterruptedException {
    VolumeImage image = new VolumeImage(state.root(), blocks, cacheBytes);
    new History(head, volume)
        .replay(
            state,
            mutations ->
                image.unwrap(
                    () -> {
                      Changes changes = new Changes(image.map);
                      mutations.forEach(changes::apply);
                      image.deltas.addAll(changes.layer());
                      return true;
                    }));
    return image;
  }

  /** A node for point reads, which find nothing where it is lost: {@link #walk} tells of that. */
  private Node find(Cid cid) {
    try {
      return loader.load(cid);
    } catch (NamespaceException e) {
      if (e.reason() == NamespaceException.Reason.DAMAGED) {
        return Node.EMPTY;
      }
      throw new UnreadableException(e);
    } catch (InterruptedException e) {
      throw new UnreadableException(e);
    }
  }

  @FunctionalInterface
  private interface Operation<T extends @Nullable Object> {
    T run() throws NamespaceException, InterruptedException;
  }

  private <T extends @Nullable Object> T unwrap(Operation<T> operation)
      throws NamespaceException, InterruptedException {
    try {
      return operation.run();
    } catch (UnreadableException e) {
      switch (e.failure) {
        case NamespaceException failure -> throw failure;
        case InterruptedException failure -> throw failure;
        default -> throw e;
      }
    }
  }

  /** Looks at the map as it is, without the edits; what is lost is absent. */
  public <T extends @Nullable Object> T read(Reader<T> reader)
      throws NamespaceException, InterruptedException {
    return unwrap(() -> reader.read(new MapView(map)));
  }

  /** The name that stands at a place in a directory. */
  public @Nullable Name name(long directory, long cookie)
      throws NamespaceException, InterruptedException {
    return this.<@Nullable Name>unwrap(
        () ->
            map.get(Key.entry(directory, cookie)) instanceof DirectoryEntry entry
                ? entry.name()
                : null);
  }

  /** The body of a commit that changes nothing. */
  public static byte[] nothing() {
    return MutationCodec.encode(List.of());
  }

  /** The place in a directory where a name's search begins, the same for all images. */
  public static long bucket(Name name) {
    return NameHash.bucket(name);
  }

  /** The place where the search begins that comes by a cookie. */
  public static long bucketOf(long cookie) {
    return NameHash.bucketOf(cookie);
  }

  /**
   * Visits all of the map, and remembers what is lost.
   *
   * @throws NamespaceException {@code UNAVAILABLE} if nodes that may have a block do not answer
   */
  public void walk(Visitor visitor) throws NamespaceException, InterruptedException {
    Merge merge = new Merge(visitor);
    unwrap(
        () -> {
          new TreeWalk(loader, merge).walk(root);
          merge.addBefore(null);
          return true;
        });
  }

  /**
   * Visits what the tree of a snapshot does not share with those that were walked before. Where the
   * deltas hide extents of a tree that both share, the snapshot has them still: these are visited.
   * What is lost of it stays so: a snapshot is not mended.
   *
   * @throws NamespaceException {@code UNAVAILABLE} if nodes that may have a block do not answer
   */
  public void walkSnapshot(Cid snapshotRoot, TreeVisitor visitor)
      throws NamespaceException, InterruptedException {
    TreeWalk.Visitor unseen =
        new TreeWalk.Visitor() {
          @Override
          public boolean isKnown(Cid cid) {
            return walked.contains(cid);
          }

          @Override
          public void node(Cid cid) throws NamespaceException, InterruptedException {
            visitor.treeBlock(cid);
          }

          @Override
          public void entry(Key key, Value value) throws NamespaceException, InterruptedException {
            if (value instanceof Value.Content content) {
              visitor.extent(key.inode(), new FileExtent(key.sub(), content.extent()));
            }
          }

          @Override
          public void end(Cid cid) {
            walked.add(cid);
          }

          @Override
          public void lost(LostPart part) {
            visitor.lost(part);
          }
        };
    new TreeWalk(loader, unseen).walk(snapshotRoot);
  }

  /** Joins the tree's entries with those of the deltas. */
  private final class Merge implements TreeWalk.Visitor {

    private final Visitor visitor;
    private final List<Map.Entry<Key, Value>> changes = deltas.sorted();
    private int next;

    /** How many extents of the tree the deltas have replaced or cleared, up to here. */
    private long hidden;

    /** What that was when each node under way began; the innermost comes first. */
    private final Deque<Long> hiddenBefore = new ArrayDeque<>();

    Merge(Visitor visitor) {
      this.visitor = visitor;
    }

    @Override
    public void node(Cid cid) throws NamespaceException, InterruptedException {
      hiddenBefore.push(hidden);
      visitor.treeBlock(cid);
    }

    @Override
    public void end(Cid cid) {
      if (hiddenBefore.pop() == hidden) {
        walked.add(cid);
      }
    }

    @Override
    public void lost(LostPart part) {
      lost.add(part);
      visitor.lost(part);
    }

    @Override
    public void entry(Key key, Value value) throws NamespaceException, InterruptedException {
      addBefore(key);
      boolean replaced = next < changes.size() && changes.get(next).getKey().equals(key);
      if (!replaced && deltas.cleared().containing(key) == null) {
        visit(key, value);
        return;
      }
      if (replaced) {
        add(changes.get(next++));
      }
      if (value instanceof Value.Content) {
        hidden++;
      }
    }

    private void addBefore(@Nullable Key end) throws NamespaceException, InterruptedException {
      while (next < changes.size()
          && (end == null || changes.get(next).getKey().compareTo(end) < 0)) {
        add(changes.get(next++));
      }
    }

    private void add(Map.Entry<Key, Value> change) throws NamespaceException, InterruptedException {
      visit(change.getKey(), change.getValue());
    }

    private void visit(Key key, Value value) throws NamespaceException, InterruptedException {
      switch (value) {
        case Value.Orphan mark -> visitor.orphan(key.inode());
        case Inode inode -> visitor.inode(key.inode(), inode);
        case InodeTimes times -> visitor.times(key.inode(), times);
        case ParentLink link -> visitor.parent(key.inode(), link);
        case Value.Attribute attribute -> visitor.xattr(key.inode(), XattrNames.toText(key.tail()));
        case DirectoryEntry entry -> visitor.entry(key.inode(), entry);
        case Value.Content content ->
            visitor.extent(key.inode(), new FileExtent(key.sub(), content.extent()));
        case Value.Absent absent -> {}
      }
    }
  }

  /** Repairs, which {@link #store} makes part of a new tree. */
  public ImageEdits edits() {
    return edits;
  }

  /** Whether a new tree would differ from this map. */
  public boolean isChanged() {
    return !edits.isEmpty() || !lost.isEmpty();
  }

  /**
   * Builds and uploads a tree of this map with the edits and without what is lost.
   *
   * @return its root, whose blocks have their write-acks
   */
  public Cid store() throws NamespaceException, InterruptedException {
    Layer all = new Layer();
    all.addAll(deltas);
    all.addAll(edits.layer());
    boolean rootIsLost = false;
    for (LostPart part : lost) {
      all.cleared().add(part.from(), part.to());
      rootIsLost |= root != null && part.block().equals(root);
    }
    TreeUpload upload = new TreeUpload(blocks, loader.cache());
    Cid fresh = TreeMerge.merge(rootIsLost ? null : root, all, loader, upload);
    upload.flush();
    return fresh;
  }
}
