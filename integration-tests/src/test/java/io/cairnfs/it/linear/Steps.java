package io.cairnfs.it.linear;

import static io.cairnfs.client.fuse.linux.Errno.EEXIST;
import static io.cairnfs.client.fuse.linux.Errno.EISDIR;
import static io.cairnfs.client.fuse.linux.Errno.ENOTDIR;
import static io.cairnfs.client.fuse.linux.Errno.ENOTEMPTY;

import io.cairnfs.it.linear.Act.Place;
import io.cairnfs.it.linear.Step.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Takes the calls of a history apart into what happens in an instant each. */
final class Steps {

  /** Errors of a rename for which two names are looked at. */
  private static final Set<Integer> OF_TWO_NAMES = Set.of(EEXIST, EISDIR, ENOTDIR, ENOTEMPTY);

  private final List<Call> history;

  private Steps(List<Call> history) {
    this.history = history;
  }

  static List<Interval<Step>> of(List<Call> history) {
    Steps steps = new Steps(history);
    List<Interval<Step>> all = new ArrayList<>();
    for (int number = 0; number < history.size(); number++) {
      Call call = history.get(number);
      long end = call.answer() instanceof Answer.Unknown ? Interval.NEVER : call.end();
      for (Part part : steps.parts(number)) {
        all.add(new Interval<>(new Step(number, call, part), call.start(), end));
      }
    }
    return all;
  }

  private List<Part> parts(int number) {
    Call call = history.get(number);
    return switch (call.answer()) {
      case Answer.Refused _ -> List.of();
      case Answer.Unknown _ -> changes(call.act()) ? List.of(Part.WHOLE) : List.of();
      case Answer.Described _ -> List.of(Part.NAME, Part.LINKS);
      case Answer.Failed failed
          when call.act() instanceof Act.Rename && OF_TWO_NAMES.contains(failed.errno()) ->
          List.of(Part.FROM, Part.TO);
      case Answer.Done _ when call.act() instanceof Act.Rename rename && mayRace(number, rename) ->
          List.of(Part.PEEK, Part.FINISH);
      case Answer.Done _, Answer.Failed _, Answer.Found _, Answer.Listed _ -> List.of(Part.WHOLE);
    };
  }

  private static boolean changes(Act act) {
    return switch (act) {
      case Act.Look _, Act.Status _, Act.Listing _ -> false;
      case Act.Create _,
          Act.MakeDirectory _,
          Act.RemoveDirectory _,
          Act.Unlink _,
          Act.Rename _,
          Act.Link _ ->
          true;
    };
  }

  /** Whether another call may have given one of its names another inode while it ran. */
  private boolean mayRace(int number, Act.Rename rename) {
    Call call = history.get(number);
    for (int i = 0; i < history.size(); i++) {
      Call other = history.get(i);
      boolean overlaps =
          other.start() <= call.end()
              && (other.end() >= call.start() || other.answer() instanceof Answer.Unknown);
      if (overlaps && i != number) {
        Place target =
            switch (other.act()) {
              case Act.Rename moved -> moved.to();
              case Act.Link link -> link.place();
              default -> null;
            };
        if (rename.to().equals(target) || rename.from().equals(target)) {
          return true;
        }
      }
    }
    return false;
  }
}
