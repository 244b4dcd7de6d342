package dev.hivedeck.engine.agent;

import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.view.ChangeViews.DescriptionSection;
import java.util.ArrayList;
import java.util.List;

/** What an agent is told: who it is, what to do, where its bounds are, what happened before. */
public final class Prompts {
  /** So much an agent reads with care; what is over is taken from what happened longest ago. */
  private static final int LONGEST = 60_000;

  private static final int LONGEST_TASK = 40_000;
  private static final int LONGEST_EVENT = 12_000;
  private static final int LONGEST_LESSON = 500;

  private Prompts() {}

  /**
   * Something that happened before.
   *
   * @param kind {@code failure}, {@code gate}, {@code review}, {@code conflict}, {@code answer},
   *     {@code said}
   */
  public record Before(String kind, String text) {}

  /**
   * Builds the prompt of an attempt.
   *
   * @param acceptance what will be true when the work is good
   * @param owns patterns of the paths that the agent may change; empty for all
   * @param lessons what failed before in work like this, and what helped; a line each
   * @param sections that are to describe the work
   * @param before what happened so far, oldest first
   */
  public static String build(
      String role,
      String task,
      String title,
      String prompt,
      List<String> acceptance,
      List<String> owns,
      List<String> lessons,
      List<DescriptionSection> sections,
      List<Before> before) {
    var text = new StringBuilder();
    if (role != null && !role.isBlank()) {
      text.append("Your role: ").append(role.strip()).append("\n\n");
    }
    text.append("# Task ").append(task).append(": ").append(title).append("\n");
    if (prompt != null && !prompt.isBlank()) {
      text.append('\n').append(TextFormat.shorten(prompt.strip(), LONGEST_TASK)).append('\n');
    }
    if (!acceptance.isEmpty()) {
      text.append("\n## When it is good\n\n");
      acceptance.forEach(line -> text.append("- ").append(line.strip()).append('\n'));
    }
    text.append("\n## Bounds\n\n");
    text.append("- Work in the present folder only; it is a worktree of the repository.\n");
    if (!owns.isEmpty()) {
      text.append("- Change only paths that match: ").append(String.join(", ", owns)).append(".\n");
    }
    text.append(
        """
        - Finish what you begin: placeholders and left-out parts do not pass.
        - You need not commit, push or merge: what you leave in the folder is committed for you.
        - End when the work is done, with exit status 0; if you cannot do it, say why and end with 1.
        """);
    text.append(SpokenSections.asked(sections));
    if (!lessons.isEmpty()) {
      text.append("\n## Lessons\n\nWork like this has failed before, and this helped:\n\n");
      lessons.forEach(
          line ->
              text.append("- ")
                  .append(TextFormat.shorten(line.strip(), LONGEST_LESSON))
                  .append('\n'));
    }
    return text + context(before, Math.max(LONGEST_EVENT, LONGEST - text.length()));
  }

  /**
   * What to tell an agent that takes its conversation up again: it knows its task, so only what is
   * new.
   *
   * @param before what happened since, oldest first
   */
  public static String again(String task, List<Before> before) {
    return "Go on with task "
        + task
        + """
        . Your folder is a fresh worktree of the same branch; what was kept of your work is there.
        The bounds are as before: finish it, leave it in the folder, and end with exit status 0.
        """
        + context(before, LONGEST);
  }

  /**
   * What happened before, as the prompt tells it; empty when nothing did.
   *
   * @param room how many characters it may take; of more, the oldest is left out first
   */
  public static String context(List<Before> before, int room) {
    if (before.isEmpty() || room <= 0) {
      return "";
    }
    var parts = new ArrayList<String>();
    int size = 0;
    for (var b : before.reversed()) {
      String part =
          "\n### "
              + heading(b.kind())
              + "\n\n"
              + TextFormat.shorten(b.text().strip(), LONGEST_EVENT)
              + "\n";
      size += part.length();
      if (size > room && !parts.isEmpty()) {
        int left = before.size() - parts.size();
        parts.add("\n(" + Plural.of(left, "earlier event") + " left out)\n");
        break;
      }
      parts.add(part);
    }
    return "\n## What happened before\n" + String.join("", parts.reversed());
  }

  private static String heading(String kind) {
    return switch (kind) {
      case "gate" -> "A checkpoint refused the work; put right exactly this";
      case "review" -> "A person reviewed the change";
      case "conflict" -> "The work conflicted with main";
      case "answer" -> "A person decided";
      case "said" -> "A person said";
      case "asked" -> "You ended to wait for the answer";
      case "checkpoint" -> "Your work was cut off";
      default -> "An earlier attempt failed";
    };
  }
}
