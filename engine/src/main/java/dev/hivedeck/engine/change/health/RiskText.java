package dev.hivedeck.engine.change.health;

import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import java.util.List;

/** Says why a person must approve a change. */
public final class RiskText {
  /** More are only counted. */
  private static final int SHOWN = 3;

  private RiskText() {}

  /** Empty when there are none. */
  public static String words(List<Risk> risks) {
    if (risks.isEmpty()) {
      return "";
    }
    return "needs your approval: "
        + Plural.some(risks.stream().map(RiskText::words).toList(), SHOWN);
  }

  private static String words(Risk risk) {
    return switch (risk.kind()) {
      case POLICY -> "changes " + risk.path() + " (Hivedeck's own settings)";
      case OWNERS -> "changes " + risk.path() + " (code owners)";
      case CI -> "changes " + risk.path() + " (continuous integration)";
      case HOOKS -> "changes " + risk.path() + " (git hooks)";
      case GIT -> "changes " + risk.path() + " (what git makes of files)";
      case TOOLS -> "changes " + risk.path() + " (what agents and editors run)";
      case GATE -> "changes " + risk.path() + " (what gate " + risk.gate() + " runs)";
      case PROTECTED -> "changes " + risk.path() + " (protected)";
      case UNCOMMITTED ->
          "gate " + risk.gate() + " passes only with " + risk.path() + ", which is in no commit";
    };
  }
}
