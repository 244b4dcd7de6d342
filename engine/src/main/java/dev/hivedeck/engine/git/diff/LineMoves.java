package dev.hivedeck.engine.git.diff;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where lines of one commit are in another, as its diff has it: lines that did not change move with
 * what comes and goes above them, and with a file that is called otherwise.
 */
public final class LineMoves {
  private final Map<String, Moved> files = new HashMap<>();

  /**
   * Lines of a file in the other commit.
   *
   * @param start the first; at most {@code line}
   * @param line the last, from 1
   */
  public record Place(String file, int start, int line) {}

  /**
   * @param to its path in the other commit; null where it is gone, or cannot be compared
   */
  private record Moved(@Nullable String to, List<Replaced> replaced) {}

  /**
   * Lines that gave way to others.
   *
   * @param from the first of those that went; where none did, the one before those that came
   */
  private record Replaced(int from, int went, int came) {
    /** The first line behind it. */
    int behind() {
      return went == 0 ? from + 1 : from + went;
    }
  }

  LineMoves() {}

  void file(ChangedFile file) {
    String before = file.oldPath() == null ? file.path() : file.oldPath();
    switch (file.status()) {
      case 'A', 'C' -> {} // what it was copied from is still there
      case 'M', 'R' ->
          files.put(
              before,
              new Moved(file.lines() && file.read() ? file.path() : null, new ArrayList<>()));
      default -> files.put(before, new Moved(null, new ArrayList<>()));
    }
  }

  /** Hunks of a file come in their order. */
  void replaced(String path, int from, int went, int came) {
    for (var moved : files.values()) {
      if (path.equals(moved.to())) {
        moved.replaced().add(new Replaced(from, went, came));
      }
    }
  }

  /**
   * Where these lines are now; what is left of them where some went, and empty where all did.
   *
   * @param start the first; at most {@code line}
   * @param line the last, from 1
   */
  public Optional<Place> place(String file, int start, int line) {
    var moved = files.get(file);
    if (moved == null) {
      return Optional.of(new Place(file, start, line));
    }
    if (moved.to() == null) {
      return Optional.empty();
    }
    int first = start;
    int last = line;
    // What is left lies between the first line that is still there and the last.
    for (var gone : moved.replaced()) {
      if (gone.went() > 0 && gone.from() <= first && first < gone.behind()) {
        first = gone.behind();
      }
    }
    for (int i = moved.replaced().size() - 1; i >= 0; i--) {
      var gone = moved.replaced().get(i);
      if (gone.went() > 0 && gone.from() <= last && last < gone.behind()) {
        last = gone.from() - 1;
      }
    }
    return first > last
        ? Optional.empty()
        : Optional.of(new Place(moved.to(), moved(moved, first), moved(moved, last)));
  }

  private static int moved(Moved file, int line) {
    int to = line;
    for (var replaced : file.replaced()) {
      if (line >= replaced.behind()) {
        to += replaced.came() - replaced.went();
      }
    }
    return to;
  }
}
