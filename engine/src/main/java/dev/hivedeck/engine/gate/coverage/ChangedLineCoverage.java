package dev.hivedeck.engine.gate.coverage;

import dev.hivedeck.engine.git.diff.DiffFacts;
import dev.hivedeck.engine.protocol.view.GateViews.Finding;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many of the lines that a change brings tests have reached.
 *
 * @param lines of code that it brings and a report knows
 * @param reached of those
 * @param unreached where tests do not come, one for each stretch of lines
 * @param silent changed files of code, in the languages of the reports, that none of these knows
 */
public record ChangedLineCoverage(
    int lines, int reached, List<Finding> unreached, List<String> silent) {
  public ChangedLineCoverage {
    unreached = List.copyOf(unreached);
    silent = List.copyOf(silent);
  }

  /** In percent, rounded down: what is nearly enough is not enough. */
  public int percent() {
    return lines == 0 ? 100 : (int) (100L * reached / lines);
  }

  /**
   * @param changed the numbers of the lines that came, by file
   */
  static ChangedLineCoverage of(Map<String, BitSet> changed, ReachedLines reports) {
    int lines = 0;
    int reached = 0;
    var unreached = new ArrayList<Finding>();
    var silent = new ArrayList<String>();
    var languages = reports.languages();
    for (var file : new TreeMap<>(changed).entrySet()) {
      if (!reports.knows(file.getKey())) {
        if (languages.contains(ReachedLines.language(file.getKey()))
            && !DiffFacts.isTest(file.getKey())
            && !DiffFacts.isGenerated(file.getKey())) {
          silent.add(file.getKey());
        }
        continue;
      }
      var known = reports.known(file.getKey(), file.getValue());
      var came = reports.reached(file.getKey(), file.getValue());
      lines += known.cardinality();
      reached += came.cardinality();
      known.andNot(came);
      stretches(file.getKey(), known, file.getValue(), unreached);
    }
    return new ChangedLineCoverage(lines, reached, unreached, silent);
  }

  /** Lines between two that are no code, such as blank ones, do not part a stretch. */
  private static void stretches(
      String file, BitSet missed, BitSet changed, List<Finding> unreached) {
    for (int from = missed.nextSetBit(0); from >= 0; ) {
      int to = from;
      int next = missed.nextSetBit(to + 1);
      while (next >= 0 && next - to <= 3 && changed.nextClearBit(to) >= next) {
        to = next;
        next = missed.nextSetBit(to + 1);
      }
      unreached.add(
          new Finding(
              file,
              from,
              to == from ? "no test reaches it" : "no test reaches it and on to line " + to));
      from = next;
    }
  }
}
