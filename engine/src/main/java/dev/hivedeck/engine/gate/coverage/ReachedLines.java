package dev.hivedeck.engine.gate.coverage;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which lines of files tests have reached, and which they could have. */
final class ReachedLines {
  /** No file has a line of a number that large. */
  private static final int LAST_LINE = 10_000_000;

  private final Map<String, Lines> files = new HashMap<>();

  /** Of one file, by their numbers from 1. */
  private static final class Lines {
    private final BitSet known = new BitSet();
    private final BitSet reached = new BitSet();
  }

  /** A line that is told more than once counts as reached if it ever was. */
  void add(String file, int line, boolean reached) {
    if (line < 1 || line > LAST_LINE) {
      return;
    }
    var lines = files.computeIfAbsent(file, f -> new Lines());
    lines.known.set(line);
    if (reached) {
      lines.reached.set(line);
    }
  }

  /** What files that tests run are called at their ends, as {@code py}. */
  Set<String> languages() {
    return files.keySet().stream().map(ReachedLines::language).collect(Collectors.toSet());
  }

  static String language(String file) {
    return file.substring(file.lastIndexOf('.') + 1);
  }

  boolean isEmpty() {
    return files.isEmpty();
  }

  boolean knows(String file) {
    return files.containsKey(file);
  }

  /** Which of these lines are code that tests can reach. */
  BitSet known(String file, BitSet of) {
    return and(of, files.get(file), true);
  }

  /** Which of these lines tests have reached. */
  BitSet reached(String file, BitSet of) {
    return and(of, files.get(file), false);
  }

  private static BitSet and(BitSet of, @Nullable Lines lines, boolean all) {
    var both = (BitSet) of.clone();
    if (lines == null) {
      both.clear();
    } else {
      both.and(all ? lines.known : lines.reached);
    }
    return both;
  }
}
