package dev.hivedeck.engine.plan;

import dev.hivedeck.engine.protocol.HiveException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Plans in Markdown: the title as the first heading; each requirement and each task a heading
 * {@code R-1: …} or {@code T-1: …} below; fields as list items {@code - agent: core-api};
 * acceptance criteria as check list items; the rest of a task's section is its prompt.
 */
final class MarkdownPlan {
  private static final Pattern HEADING = Pattern.compile("(#{1,6})\\s+(.*?)\\s*#*");
  private static final Pattern THING = Pattern.compile("([A-Z]+-[\\w.]+)\\s*[:–-]\\s*(.+)");
  private static final Pattern FIELD =
      Pattern.compile(
          "[-*]\\s+\\**(priority|agent|capabilities|needs|requirements|kind|produces)\\**\\s*:\\s*(.*)",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern CHECK = Pattern.compile("[-*]\\s+\\[[ xX]]\\s+(.*)");

  private MarkdownPlan() {}

  private static final class Section {
    private final String id;
    private final String title;
    private final int line;
    private final Map<String, String> fields = new HashMap<>();
    private final List<String> checks = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();

    Section(String id, String title, int line) {
      this.id = id;
      this.title = title;
      this.line = line;
    }

    List<String> list(String key) {
      String value = fields.getOrDefault(key, "").replaceAll("[\\[\\]`]", "");
      return Arrays.stream(value.split("[,\\s]+")).filter(s -> !s.isBlank()).toList();
    }
  }

  static PlanDocument read(String name, String text) {
    String title = null;
    var sections = new ArrayList<Section>();
    Section current = null;
    boolean code = false;
    int number = 0;
    for (String line : text.split("\\R", -1)) {
      number++;
      if (line.strip().startsWith("```")) {
        code = !code;
      }
      Matcher heading = HEADING.matcher(line);
      if (!code && heading.matches()) {
        Matcher thing = THING.matcher(heading.group(2));
        if (thing.matches()) {
          current = new Section(thing.group(1), thing.group(2), number);
          sections.add(current);
        } else {
          title = title == null ? heading.group(2) : title;
          current = null;
        }
      } else if (current != null) {
        Matcher field = FIELD.matcher(line.strip());
        Matcher check = CHECK.matcher(line.strip());
        if (!code && field.matches()) {
          current.fields.put(field.group(1).toLowerCase(Locale.ROOT), field.group(2).strip());
        } else if (!code && check.matches()) {
          current.checks.add(check.group(1).strip());
        } else {
          current.text.append(line).append('\n');
        }
      }
    }
    if (sections.isEmpty()) {
      throw new HiveException(
          "plan-invalid",
          name + ":1: this is no plan: no heading like \"## T-1: Title\" was found",
          "docs/plan-format.md shows the form.");
    }
    return document(
        name, title == null ? "Plan" : title.replaceFirst("(?i)^plan:\\s*", ""), sections);
  }

  private static PlanDocument document(String name, String title, List<Section> sections) {
    var requirements = new ArrayList<RequirementSpec>();
    var tasks = new ArrayList<TaskSpec>();
    var seen = new HashMap<String, Integer>();
    for (var s : sections) {
      Integer before = seen.put(s.id, s.line);
      if (before != null) {
        throw new HiveException(
            "plan-invalid",
            "%s:%d: the id %s is there twice, first on line %d"
                .formatted(name, s.line, s.id, before),
            "Give each its own id; nothing was imported.");
      }
      if (s.id.startsWith("R")) {
        requirements.add(
            new RequirementSpec(
                s.id, s.title, s.fields.getOrDefault("priority", "medium"), List.copyOf(s.checks)));
      } else {
        tasks.add(task(name, s));
      }
    }
    return new PlanDocument(title, requirements, tasks);
  }

  private static TaskSpec task(String name, Section s) {
    int priority;
    try {
      priority = Integer.parseInt(s.fields.getOrDefault("priority", "5"));
    } catch (NumberFormatException e) {
      throw new HiveException(
          "plan-invalid",
          "%s:%d: the priority of %s is no number from 1 to 9".formatted(name, s.line, s.id),
          "1 is first, 9 is last; nothing was imported.");
    }
    var prompt = new StringBuilder(s.text.toString().strip());
    s.checks.forEach(c -> prompt.append("\n- ").append(c));
    return new TaskSpec(
        s.id,
        s.title,
        s.list("requirements"),
        s.fields.get("agent"),
        s.list("capabilities"),
        s.list("needs"),
        priority,
        s.fields.get("kind"),
        prompt.isEmpty() ? s.title : prompt.toString(),
        s.list("produces"));
  }
}
