package dev.hivedeck.engine.agent;

import java.util.List;

/** What an agent is told. */
public final class Prompts {
  private static final int LONGEST = 60_000;

  private Prompts() {}

  /**
   * Something that happened before.
   *
   * @param kind {@code failure}, {@code gate}, {@code review}, {@code conflict}, {@code answer},
   *     {@code said}
   */
  public record Before(String kind, String text) {}

  /**
   * @param owns patterns of the paths that the agent may change; empty for all
   */
  public static String build(
      String role,
      String task,
      String title,
      String prompt,
      List<String> acceptance,
      List<String> owns,
      List<Before> before) {
    var text = new StringBuilder();
    if (role != null && !role.isBlank()) {
      text.append("You are: ").append(role.strip()).append("\n\n");
    }
    text.append("# ").append(task).append(": ").append(title).append("\n\n");
    text.append(prompt.strip()).append('\n');
    if (!acceptance.isEmpty()) {
      text.append("\n## It serves\n\n");
      acceptance.forEach(line -> text.append("- ").append(line).append('\n'));
    }
    text.append("\n## Boundaries\n\n");
    text.append(
        owns.isEmpty()
            ? "- Work in the present folder only.\n"
            : "- Change only paths that match " + String.join(", ", owns) + ".\n");
    text.append("- Leave no placeholders: what is not finished does not pass.\n");
    text.append("- You need not commit; what you leave is committed for you.\n");
    if (!before.isEmpty()) {
      text.append("\n## What happened before\n");
      for (Before b : before) {
        text.append('\n').append(heading(b.kind())).append('\n');
        text.append(b.text().strip()).append('\n');
      }
    }
    return text.length() <= LONGEST
        ? text.toString()
        : text.substring(0, LONGEST) + "\n… (shortened)\n";
  }

  private static String heading(String kind) {
    return switch (kind) {
      case "gate" -> "### A checkpoint refused the work. Fix exactly this:";
      case "review" -> "### A person reviewed the change:";
      case "conflict" -> "### The work conflicted with main:";
      case "answer" -> "### A person decided:";
      case "said" -> "### A person said:";
      default -> "### An earlier attempt failed:";
    };
  }
}
