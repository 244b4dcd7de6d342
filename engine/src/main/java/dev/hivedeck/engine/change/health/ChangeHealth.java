package dev.hivedeck.engine.change;

import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.ReviewState;
import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import java.util.ArrayList;
import java.util.List;

/**
 * How fit a change is to merge, as a score with its reasons. 100 less: 25 for each failed gate, 10
 * for each warning, 10 where it needs a person's approval whatever its kind, up to 25 for lines
 * beyond 300 (one point for each 30), 15 while it conflicts or was returned. Never below 0.
 */
public record ChangeHealth(int score, List<String> reasons) {

  static ChangeHealth of(
      List<GateResult> gates,
      List<Risk> risks,
      int additions,
      int deletions,
      ChangeState state,
      ReviewState review) {
    int score = 100;
    var reasons = new ArrayList<String>();
    for (var gate : gates) {
      int cost =
          switch (gate.outcome()) {
            case FAILED -> 25;
            case WARNED -> 10;
            case PASSED -> 0;
          };
      score -= cost;
      if (cost > 0) {
        reasons.add("-" + cost + " gate " + gate.gate() + ": " + gate.summary());
      }
    }
    if (!risks.isEmpty()) {
      score -= 10;
      reasons.add("-10 " + RiskText.words(risks));
    }
    int lines = additions + deletions;
    int size = Math.min(25, Math.max(0, (lines - 300) / 30));
    if (size > 0) {
      score -= size;
      reasons.add("-" + size + " " + Plural.of(lines, "line") + ", best below 300");
    }
    if (state == ChangeState.CONFLICTED) {
      score -= 15;
      reasons.add("-15 conflicts with main");
    }
    if (review == ReviewState.RETURNED) {
      score -= 15;
      reasons.add("-15 sent back by review");
    }
    if (reasons.isEmpty()) {
      reasons.add("+0 all gates passed, " + Plural.of(lines, "line"));
    }
    return new ChangeHealth(Math.max(0, score), List.copyOf(reasons));
  }
}
