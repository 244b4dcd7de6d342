package dev.hivedeck.engine.plan;

import dev.hivedeck.engine.config.yaml.DidYouMean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.commonmark.node.BulletList;
import org.commonmark.node.Heading;
import org.commonmark.node.Node;
import org.commonmark.node.ThematicBreak;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;

/**
 * Plans in Markdown: the title as the first heading; each requirement and each task a heading
 * {@code R-1: …} or {@code T-1: …} below; fields as list items {@code - agent: core-api};
 * acceptance criteria as (check) list items; the rest of a task's section is its prompt. An id of
 * another form is a task's where it stands below a heading {@code Tasks}, or has a field of one.
 * Whatever belongs to no requirement and no task is left out, and told.
 */
final class MarkdownPlan {
  private static final Parser PARSER =
      Parser.builder().includeSourceSpans(IncludeSourceSpans.BLOCKS).build();
  private static final Pattern THING =
      Pattern.compile("([A-Za-z]+-[A-Za-z0-9._-]*[A-Za-z0-9])\\s*(?::|–|—|\\s-)\\s+(.+)");
  private static final Pattern OWN = Pattern.compile("(?i)(R|REQ|T|TASK)-.*");
  private static final Pattern GROUP = Pattern.compile("(?i)(requirements?|tasks?)");
  private static final Pattern FIELD =
      Pattern.compile("[-*+]\\s+\\**([A-Za-z]+)\\**\\s*:\\s*\\**\\s*(.*)");
  private static final Pattern CHECK =
      Pattern.compile("[-*+]\\s+\\[[ xX]]\\s+(.*)", Pattern.DOTALL);
  private static final Set<String> FIELDS =
      Set.of(
          "priority",
          "agent",
          "agents",
          "capabilities",
          "needs",
          "requirements",
          "kind",
          "produces");
  private static final Set<String> PRIORITIES = Set.of("critical", "high", "medium", "low");

  private final String name;
  private final List<String> source;
  private final List<Section> sections = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private final List<String> leftOut = new ArrayList<>();
  private String title;
  private String group;
  private int groupLevel;
  private Section current;

  /** Whether what stands here has been told to be left out. */
  private boolean told;

  /** A heading with what stands below it. */
  private record Section(
      String id,
      String title,
      boolean requirement,
      int level,
      int line,
      Map<String, String> fields,
      List<String> items,
      StringBuilder text) {

    List<String> list(String key) {
      String value = fields.getOrDefault(key, "").replaceAll("[\\[\\]`]", "");
      return Arrays.stream(value.split("[,\\s]+")).filter(s -> !s.isBlank()).toList();
    }

    void write(String block) {
      text.append(text.isEmpty() ? "" : "\n\n").append(block);
    }
  }

  private MarkdownPlan(String name, String text) {
    this.name = name;
    this.source = text.lines().toList();
  }

  static PlanDocument read(String name, String text) {
    var plan = new MarkdownPlan(name, text);
    Node block = PARSER.parse(text).getFirstChild();
    while (block != null) {
      plan.block(block);
      block = block.getNext();
    }
    return plan.document();
  }

  private void block(Node block) {
    if (block instanceof Heading heading) {
      heading(heading);
    } else if (current != null && block instanceof BulletList list) {
      list(list);
    } else if (current != null && !current.requirement()) {
      current.write(raw(block));
    } else if (current != null) {
      leaveOut(block, "this text is in no list of criteria of " + current.id());
    } else if (!told) {
      told = true;
      leaveOut(block, "this text is in no requirement and no task");
    }
  }

  private void leaveOut(Node block, String why) {
    if (block instanceof ThematicBreak || block.getSourceSpans().isEmpty()) {
      return;
    }
    leftOut.add(name + ":" + line(block) + ": " + why);
  }

  private void heading(Heading heading) {
    String words = raw(heading).lines().findFirst().orElse("");
    words = words.replaceFirst("^\\s*#+\\s*", "").replaceFirst("\\s+#+\\s*$", "").strip();
    Matcher thing = THING.matcher(words);
    if (group != null && heading.getLevel() <= groupLevel) {
      group = null;
    }
    if (thing.matches() && isMeant(heading, thing.group(1))) {
      told = false;
      boolean requirement =
          group == null
              ? thing.group(1).toUpperCase(Locale.ROOT).matches("(R|REQ)-.*")
              : group.startsWith("requirement");
      current =
          new Section(
              thing.group(1),
              thing.group(2).strip(),
              requirement,
              heading.getLevel(),
              line(heading),
              new HashMap<>(),
              new ArrayList<>(),
              new StringBuilder());
      sections.add(current);
    } else if (current != null && heading.getLevel() > current.level()) {
      block(current, heading);
    } else {
      current = null;
      told = false;
      if (GROUP.matcher(words).matches()) {
        group = words.toLowerCase(Locale.ROOT);
        groupLevel = heading.getLevel();
      } else if (title == null) {
        title = words.replaceFirst("(?i)^plan:\\s*", "");
      } else {
        told = true;
        leaveOut(heading, "\"" + words + "\" is no requirement and no task");
      }
    }
  }

  private void block(Section section, Heading heading) {
    if (section.requirement()) {
      leaveOut(heading, "this heading is in no list of criteria of " + section.id());
    } else {
      section.write(raw(heading));
    }
  }

  /** Whether a heading with an id is meant as a requirement or a task: UTF-8 is neither. */
  private boolean isMeant(Heading heading, String id) {
    if (group != null || OWN.matcher(id).matches()) {
      return true;
    }
    for (Node n = heading.getNext(); n != null && !(n instanceof Heading); n = n.getNext()) {
      if (n instanceof BulletList list && hasField(list)) {
        return true;
      }
    }
    return false;
  }

  private boolean hasField(BulletList list) {
    for (Node item = list.getFirstChild(); item != null; item = item.getNext()) {
      Matcher field = FIELD.matcher(raw(item));
      if (field.matches() && FIELDS.contains(field.group(1).toLowerCase(Locale.ROOT))) {
        return true;
      }
    }
    return false;
  }

  private void list(BulletList list) {
    var rest = new ArrayList<String>();
    for (Node item = list.getFirstChild(); item != null; item = item.getNext()) {
      String text = raw(item);
      Matcher field = FIELD.matcher(text);
      Matcher check = CHECK.matcher(text);
      String key = field.matches() ? field.group(1).toLowerCase(Locale.ROOT) : "";
      if (FIELDS.contains(key)) {
        current.fields().put(key, field.group(2).strip());
        continue;
      }
      String meant = key.isEmpty() ? "" : DidYouMean.to(key, FIELDS);
      if (!meant.isEmpty()) {
        wrong(line(item), current.id() + " has no field " + key + meant);
      }
      String plain = check.matches() ? check.group(1) : text.replaceFirst("^\\s*[-*+]\\s+", "");
      current.items().add(plain.strip().replaceAll("\\s*\\R\\s*", " "));
      rest.add(text);
    }
    if (!rest.isEmpty()) {
      current.write(String.join("\n", rest));
    }
  }

  /** The block as it was written. */
  private String raw(Node block) {
    var spans = block.getSourceSpans();
    if (spans.isEmpty()) {
      return "";
    }
    int from = spans.getFirst().getLineIndex();
    int to = spans.getLast().getLineIndex();
    return String.join("\n", source.subList(from, Math.min(to + 1, source.size())));
  }

  private static int line(Node block) {
    return block.getSourceSpans().getFirst().getLineIndex() + 1;
  }

  private void wrong(int line, String text) {
    problems.add(name + ":" + line + ": " + text);
  }

  private PlanDocument document() {
    if (sections.isEmpty()) {
      wrong(1, "this is no plan: no heading like \"## T-1: Title\" was found");
    }
    var requirements = new ArrayList<RequirementSpec>();
    var tasks = new ArrayList<TaskSpec>();
    var lines = new HashMap<String, Integer>();
    for (var s : sections) {
      Integer before = lines.putIfAbsent(s.id(), s.line());
      if (before != null) {
        wrong(s.line(), "the id %s is there twice, first on line %d".formatted(s.id(), before));
      }
      if (s.requirement()) {
        requirements.add(requirement(s));
      } else {
        tasks.add(task(s));
      }
    }
    if (!problems.isEmpty()) {
      throw PlanDocument.invalid(problems);
    }
    return new PlanDocument(
        title == null ? "Plan" : title, requirements, tasks, lines, List.copyOf(leftOut));
  }

  private RequirementSpec requirement(Section s) {
    String priority = s.fields().getOrDefault("priority", "medium").toLowerCase(Locale.ROOT);
    if (!PRIORITIES.contains(priority)) {
      wrong(
          s.line(),
          "the priority of "
              + s.id()
              + " is "
              + priority
              + "; it is critical, high, medium or low");
    }
    return new RequirementSpec(s.id(), s.title(), priority, List.copyOf(s.items()));
  }

  private TaskSpec task(Section s) {
    String priority = s.fields().getOrDefault("priority", "5");
    if (!priority.matches("[1-9]")) {
      wrong(
          s.line(),
          "the priority of " + s.id() + " is " + priority + "; it is 1 (first) to 9 (last)");
    }
    return new TaskSpec(
        s.id(),
        s.title(),
        s.list("requirements"),
        s.fields().get("agent"),
        s.list("capabilities"),
        s.list("needs"),
        priority.matches("[1-9]") ? Integer.parseInt(priority) : 5,
        s.fields().get("kind"),
        s.text().isEmpty() ? s.title() : s.text().toString(),
        s.list("produces"),
        s.list("agents"));
  }
}
