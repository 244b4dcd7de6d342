package dev.hivedeck.engine.gate;

import dev.hivedeck.engine.gate.coverage.ChangedLineCoverage;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.view.GateViews.Finding;
import dev.hivedeck.engine.protocol.view.GateViews.Outcome;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a gate says of a commit.
 *
 * @param uncommitted what it passes with that is in no commit; null for nothing
 */
record GateVerdict(
    Outcome outcome, String summary, List<Finding> findings, @Nullable String uncommitted) {
  static GateVerdict passed(String summary) {
    return new GateVerdict(Outcome.PASSED, summary, List.of(), null);
  }

  static GateVerdict warned(String summary, List<Finding> findings) {
    return new GateVerdict(Outcome.WARNED, summary, findings, null);
  }

  static GateVerdict failed(String summary, List<Finding> findings) {
    return new GateVerdict(Outcome.FAILED, summary, findings, null);
  }

  /**
   * @param min percent that the changed lines are to reach; 0 for none
   * @param said what the command said last, which passed
   */
  static GateVerdict of(ChangedLineCoverage coverage, int min, String said) {
    var silent = coverage.silent().stream().map(f -> new Finding(f, 0, "is in no report")).toList();
    String summary =
        coverage.lines() == 0
            ? said + "; no report knows a changed line"
            : "tests reach %d %% of %s"
                .formatted(coverage.percent(), Plural.of(coverage.lines(), "changed line"));
    if (!silent.isEmpty()) {
      summary += "; no report knows " + Plural.some(coverage.silent(), 3);
    }
    var findings = Stream.concat(coverage.unreached().stream(), silent.stream()).toList();
    if (coverage.percent() < min) {
      return failed("%s; at least %d %% pass".formatted(summary, min), findings);
    }
    return min > 0 && !silent.isEmpty()
        ? warned(summary, findings)
        : new GateVerdict(Outcome.PASSED, summary, findings, null);
  }

  boolean ok() {
    return outcome != Outcome.FAILED;
  }
}
