package io.cairnfs.it.linear;

import static io.cairnfs.client.fuse.linux.Errno.EEXIST;
import static io.cairnfs.client.fuse.linux.Errno.EISDIR;
import static io.cairnfs.client.fuse.linux.Errno.ENOENT;
import static io.cairnfs.client.fuse.linux.Errno.ENOTDIR;
import static io.cairnfs.client.fuse.linux.Errno.ENOTEMPTY;

import io.cairnfs.it.linear.Act.Place;
import io.cairnfs.it.linear.Answer.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What POSIX lets directories and names do. Of several errors that apply, any may be answered. */
final class TreeModel implements Model<Tree, Step> {

  @Override
  public List<Tree> after(Tree tree, Step step) {
    return switch (step.part()) {
      case WHOLE -> afterWhole(tree, step);
      case NAME -> see(tree, place(step.call().act()), described(step).node());
      case LINKS -> {
        Answer.Described described = described(step);
        yield tree.links(described.node()) == described.links() ? List.of(tree) : List.of();
      }
      case FROM -> allow(fitsFrom(tree.at(rename(step).from()), errno(step)), tree);
      case TO -> allow(fitsTo(tree.at(rename(step).to()), errno(step)), tree);
      case PEEK -> {
        Node node = tree.at(rename(step).from());
        yield node == null ? List.of() : List.of(tree.withPeeked(step.number(), node));
      }
      case FINISH -> afterFinish(tree, step);
    };
  }

  private List<Tree> afterFinish(Tree tree, Step step) {
    Node peeked = tree.peeked(step.number());
    if (peeked == null) {
      return List.of();
    }
    Tree without = tree.withoutPeeked(step.number());
    List<Tree> after = new ArrayList<>(renamed(without, rename(step)));
    if (peeked.equals(tree.at(rename(step).to())) && !after.contains(without)) {
      after.add(without);
    }
    return after;
  }

  /** Anything does not replace a directory that it is in: ENOTEMPTY too. */
  private static boolean fitsFrom(@Nullable Node node, int errno) {
    return node != null
        && switch (errno) {
          case EISDIR -> !node.isDirectory();
          case ENOTDIR -> node.isDirectory();
          default -> true;
        };
  }

  private static boolean fitsTo(@Nullable Node node, int errno) {
    return node != null
        && switch (errno) {
          case EISDIR, ENOTEMPTY -> node.isDirectory();
          case ENOTDIR -> !node.isDirectory();
          default -> true;
        };
  }

  private List<Tree> afterWhole(Tree tree, Step step) {
    Act act = step.call().act();
    return switch (step.call().answer()) {
      case Answer.Done _, Answer.Unknown _ -> done(tree, act, newNode(act, step.number()));
      case Answer.Found found when act instanceof Act.Create ->
          tree.isAlive(found.node().inode()) ? List.of() : done(tree, act, found.node());
      case Answer.Found found -> see(tree, place(act), found.node());
      case Answer.Failed failed -> allow(mayFail(tree, act, failed.errno()), tree);
      case Answer.Listed listed -> seeAll(tree, ((Act.Listing) act).directory(), listed.entries());
      case Answer.Described _, Answer.Refused _ ->
          throw new IllegalArgumentException("taken apart before: " + step);
    };
  }

  private static Node newNode(Act act, int number) {
    return new Node(-1L - number, act instanceof Act.MakeDirectory);
  }

  /** What a call that succeeds leaves; nothing if it cannot succeed. */
  private static List<Tree> done(Tree tree, Act act, Node made) {
    return switch (act) {
      case Act.Create create -> put(tree, create.place(), made);
      case Act.MakeDirectory make -> put(tree, make.place(), made);
      case Act.Link link when tree.isAlive(link.inode()) ->
          put(tree, link.place(), new Node(link.inode(), false));
      case Act.Link _ -> List.of();
      case Act.Unlink unlink -> {
        Node node = tree.at(unlink.place());
        yield node == null || node.isDirectory()
            ? List.of()
            : List.of(tree.without(unlink.place()));
      }
      case Act.RemoveDirectory remove -> {
        Node node = tree.at(remove.place());
        yield node == null || !node.isDirectory() || !tree.isEmpty(node.inode())
            ? List.of()
            : List.of(tree.without(remove.place()));
      }
      case Act.Rename rename -> renamed(tree, rename);
      case Act.Look _, Act.Status _, Act.Listing _ ->
          throw new IllegalArgumentException("changes nothing: " + act);
    };
  }

  private static List<Tree> put(Tree tree, Place place, Node node) {
    return tree.at(place) == null && tree.isAlive(place.directory())
        ? List.of(tree.with(place, node))
        : List.of();
  }

  private static List<Tree> renamed(Tree tree, Act.Rename rename) {
    Node moved = tree.at(rename.from());
    Node replaced = tree.at(rename.to());
    if (moved == null || !tree.isAlive(rename.to().directory())) {
      return List.of();
    }
    if (replaced != null) {
      if (!rename.replace()) {
        return List.of();
      }
      if (replaced.inode() == moved.inode()) {
        return List.of(tree);
      }
      boolean alike = replaced.isDirectory() == moved.isDirectory();
      if (!alike || (replaced.isDirectory() && !tree.isEmpty(replaced.inode()))) {
        return List.of();
      }
    }
    if (moved.isDirectory() && tree.isWithin(rename.to().directory(), moved.inode())) {
      return List.of();
    }
    return List.of(tree.without(rename.from()).with(rename.to(), moved));
  }

  /** Whether an error tells the truth. */
  private static boolean mayFail(Tree tree, Act act, int errno) {
    return switch (act) {
      case Act.Create create -> mayNotPut(tree, create.place(), errno);
      case Act.MakeDirectory make -> mayNotPut(tree, make.place(), errno);
      case Act.Link link ->
          mayNotPut(tree, link.place(), errno) || (errno == ENOENT && !tree.isAlive(link.inode()));
      case Act.Unlink unlink -> {
        Node node = tree.at(unlink.place());
        yield node == null ? errno == ENOENT : errno == EISDIR && node.isDirectory();
      }
      case Act.RemoveDirectory remove -> {
        Node node = tree.at(remove.place());
        yield node == null
            ? errno == ENOENT
            : node.isDirectory()
                ? errno == ENOTEMPTY && !tree.isEmpty(node.inode())
                : errno == ENOTDIR;
      }
      case Act.Rename rename ->
          errno == ENOENT
              && (tree.at(rename.from()) == null || !tree.isAlive(rename.to().directory()));
      case Act.Look look -> errno == ENOENT && tree.at(look.place()) == null;
      case Act.Status status -> errno == ENOENT && tree.at(status.place()) == null;
      case Act.Listing listing -> errno == ENOENT && !tree.isAlive(listing.directory());
    };
  }

  private static boolean mayNotPut(Tree tree, Place place, int errno) {
    return tree.at(place) == null
        ? errno == ENOENT && !tree.isAlive(place.directory())
        : errno == EEXIST;
  }

  /** An inode was seen under a name; its number may be news. */
  private List<Tree> see(Tree tree, Place place, Node seen) {
    Node node = tree.at(place);
    if (node == null || node.isDirectory() != seen.isDirectory()) {
      return List.of();
    }
    if (node.inode() == seen.inode()) {
      return List.of(tree);
    }
    boolean isNews = node.inode() < 0 && !tree.isAlive(seen.inode());
    return isNews ? List.of(tree.numbered(node.inode(), seen.inode())) : List.of();
  }

  private List<Tree> seeAll(Tree tree, long directory, Map<String, Node> seen) {
    if (!tree.entries(directory).keySet().equals(seen.keySet())) {
      return List.of();
    }
    List<Tree> after = List.of(tree);
    for (Map.Entry<String, Node> entry : seen.entrySet()) {
      if (!after.isEmpty()) {
        after = see(after.getFirst(), new Place(directory, entry.getKey()), entry.getValue());
      }
    }
    return after;
  }

  private static List<Tree> allow(boolean allowed, Tree tree) {
    return allowed ? List.of(tree) : List.of();
  }

  private static Place place(Act act) {
    return switch (act) {
      case Act.Look look -> look.place();
      case Act.Status status -> status.place();
      default -> throw new IllegalArgumentException("looks at no name: " + act);
    };
  }

  private static Act.Rename rename(Step step) {
    return (Act.Rename) step.call().act();
  }

  private static int errno(Step step) {
    return ((Answer.Failed) step.call().answer()).errno();
  }

  private static Answer.Described described(Step step) {
    return Objects.requireNonNull((Answer.Described) step.call().answer());
  }
}
