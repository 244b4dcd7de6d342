package dev.hivedeck.engine.protocol.view;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What an agent wants to be allowed, as a {@link DecisionViews.Decision} of the kind {@link #KIND}
 * asks it of a person: written by {@link #question} and {@link #detail}, read back by {@link #of}.
 *
 * @param tool in the agent's own word
 * @param what the command, the path or the address, whole
 * @param where the folder or file that it concerns
 * @param risk {@code low}, {@code medium} or {@code high}
 * @param why why it is risky; empty for an ordinary one
 * @param more a diff for example; empty when there is none
 */
public record PermissionRequest(
    String agent, String tool, String what, String where, String risk, String why, String more) {

  /** The kind of decision. */
  public static final String KIND = "permission";

  public static final String ONCE = "allow once";

  /** Allows it, and exactly the same from now on: a literal rule for all agents. */
  public static final String ALWAYS = "always allow";

  public static final String NO = "no";
  public static final List<String> OPTIONS = List.of(ONCE, ALWAYS, NO);

  private static final Pattern DETAIL =
      Pattern.compile(
          "Tool: (?<tool>[^\\n]*)\\nWhere: (?<where>[^\\n]*)\\nRisk: (?<risk>low|medium|high)"
              + "(?:, (?<why>[^\\n]*))?(?:\\n\\n(?<more>.*))?",
          Pattern.DOTALL);

  /** It as a question. */
  public String question() {
    return asks(agent, tool) + what;
  }

  /** What else there is to know, in lines. */
  public String detail() {
    return "Tool: "
        + tool
        + "\nWhere: "
        + where
        + "\nRisk: "
        + risk
        + (why.isEmpty() ? "" : ", " + why)
        + (more.isBlank() ? "" : "\n\n" + more);
  }

  /** What a decision asks to be allowed; empty when it asks something else. */
  public static Optional<PermissionRequest> of(DecisionViews.Decision decision) {
    if (!KIND.equals(decision.kind()) || decision.detail() == null) {
      return Optional.empty();
    }
    var detail = DETAIL.matcher(decision.detail());
    if (!detail.matches()) {
      return Optional.empty();
    }
    String begin = asks(decision.agent(), detail.group("tool"));
    return decision.question().startsWith(begin)
        ? Optional.of(
            new PermissionRequest(
                decision.agent(),
                detail.group("tool"),
                decision.question().substring(begin.length()),
                detail.group("where"),
                detail.group("risk"),
                orEmpty(detail.group("why")),
                orEmpty(detail.group("more"))))
        : Optional.empty();
  }

  private static String asks(String agent, String tool) {
    return agent + " wants to use " + tool + ": ";
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }
}
