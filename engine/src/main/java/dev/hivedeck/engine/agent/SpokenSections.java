package dev.hivedeck.engine.agent;

import dev.hivedeck.engine.protocol.view.ChangeViews.DescriptionSection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds in what an agent says the sections that describe its work: a heading such as {@code ##
 * Risk} and what follows it, until the next heading. Of two the later one counts.
 */
public final class SpokenSections {
  private static final Pattern HEADING = Pattern.compile("#{1,6}\\s+(\\S.{0,80}?)\\s*[:#]*\\s*");

  /** What is longer is cut. */
  private static final int LONGEST = 4_000;

  private final Map<DescriptionSection, StringBuilder> sections =
      new EnumMap<>(DescriptionSection.class);
  private @Nullable StringBuilder open;

  /** Takes what it says next, of one line or several. */
  public void hear(String text) {
    for (String line : text.split("\\R", -1)) {
      var heading = HEADING.matcher(line.strip());
      if (heading.matches()) {
        var section = section(heading.group(1));
        var begun = new StringBuilder();
        open = section == null ? null : begun;
        if (section != null) {
          sections.put(section, begun);
        }
      } else if (open != null && open.length() < LONGEST) {
        open.append(line.stripTrailing()).append('\n');
      }
    }
  }

  private static @Nullable DescriptionSection section(String title) {
    return switch (title.toLowerCase(Locale.ROOT)) {
      case "what" -> DescriptionSection.WHAT;
      case "why" -> DescriptionSection.WHY;
      case "risk", "risks" -> DescriptionSection.RISK;
      case "rollback" -> DescriptionSection.ROLLBACK;
      case "metrics", "metrics to watch" -> DescriptionSection.METRICS;
      case "tests" -> DescriptionSection.TESTS;
      default -> null;
    };
  }

  /** Those that say something. */
  public Map<DescriptionSection, String> sections() {
    var said = new EnumMap<DescriptionSection, String>(DescriptionSection.class);
    sections.forEach(
        (section, text) -> {
          String words = text.toString().strip();
          if (!words.isEmpty()) {
            said.put(
                section, words.length() <= LONGEST ? words : words.substring(0, LONGEST) + "…");
          }
        });
    return said;
  }

  /**
   * How an agent is asked for them; empty where none are wanted.
   *
   * @param wanted in the order in which they are to be said
   */
  static String asked(List<DescriptionSection> wanted) {
    return wanted.isEmpty()
        ? ""
        : "- At the end say what you did, for whoever reads it, under these headings, each on a"
            + " line of its own, a sentence or two each: "
            + wanted.stream().map(s -> "`" + heading(s) + "`").collect(Collectors.joining(", "))
            + ".\n";
  }

  private static String heading(DescriptionSection section) {
    return switch (section) {
      case WHAT -> "## What";
      case WHY -> "## Why";
      case RISK -> "## Risk";
      case ROLLBACK -> "## Rollback";
      case METRICS -> "## Metrics to watch";
      case TESTS -> "## Tests";
    };
  }
}
