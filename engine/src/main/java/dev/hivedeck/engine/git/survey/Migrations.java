package dev.hivedeck.engine.git.survey;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What SQL that is new takes away for good. */
final class Migrations {
  private static final int MOST = 5;
  private static final String NAME = "(?:if\\s+exists\\s+)?([\\w.\"`\\[\\]]{1,100})";
  private static final Pattern TAKEN =
      Pattern.compile(
          "\\b(?:(drop\\s+(?:table|schema|database|view|index))\\s+"
              + NAME
              + "|(drop\\s+column)\\s+"
              + NAME
              + "|(truncate)\\s+(?:table\\s+)?"
              + NAME
              + "|(delete\\s+from)\\s+([\\w.\"`\\[\\]]{1,100})\\s*;)",
          Pattern.CASE_INSENSITIVE);

  private Migrations() {}

  /** Such as {@code drop table orders}; none where nothing is taken away. */
  static List<String> taken(String sql) {
    var found = new LinkedHashSet<String>();
    var match = TAKEN.matcher(Comments.ofSql(sql));
    while (match.find() && found.size() < MOST) {
      for (int i = 1; i < match.groupCount(); i += 2) {
        if (match.group(i) != null) {
          String verb = match.group(i).toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
          found.add(verb + " " + match.group(i + 1));
        }
      }
    }
    return List.copyOf(found);
  }
}
