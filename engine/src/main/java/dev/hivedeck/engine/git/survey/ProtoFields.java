package dev.hivedeck.engine.git.survey;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Fields, values and calls of a protocol, as a {@code .proto} file says them. */
final class ProtoFields {
  /** What is nested deeper is not looked into. */
  private static final int DEEPEST = 60;

  private static final Pattern PART =
      Pattern.compile(
          "\\b(message|enum|service|oneof)\\s+(\\w+)\\s*\\{"
              + "|\\brpc\\s+(\\w+)\\s*\\(\\s*([^)]{0,200})\\)\\s*returns\\s*\\(\\s*([^)]{0,200})\\)"
              + "|(?<![\\w.])([\\w.]+(?:\\s*<[^>]{0,200}>)?)\\s+(\\w+)\\s*=\\s*(\\d+)\\s*(?:\\[[^\\]]{0,1000}])?\\s*;"
              + "|\\b(\\w+)\\s*=\\s*(-?\\d+)\\s*(?:\\[[^\\]]{0,1000}])?\\s*;|[{}]");

  private ProtoFields() {}

  /** What each name is: of a field its number and type. */
  private static Map<String, String> read(String text) {
    var found = new LinkedHashMap<String, String>();
    var scopes = new ArrayDeque<String>();
    var part = PART.matcher(Comments.ofProto(text));
    while (scopes.size() <= DEEPEST && part.find()) {
      String scope = String.join("", scopes.reversed());
      if (part.group(1) != null) {
        boolean loose = part.group(1).equals("oneof");
        if (!loose) {
          found.put(scope + part.group(2), part.group(1));
        }
        scopes.push(loose ? "" : part.group(2) + ".");
      } else if (part.group(3) != null) {
        found.put(scope + part.group(3), part.group(4).strip() + " to " + part.group(5).strip());
      } else if (part.group(7) != null) {
        found.put(scope + part.group(7), part.group(8) + " " + part.group(6));
      } else if (part.group(9) != null) {
        found.put(scope + part.group(9), part.group(10));
      } else if (part.group().equals("{")) {
        scopes.push("");
      } else if (!scopes.isEmpty()) {
        scopes.pop();
      }
    }
    return found;
  }

  static List<String> breaks(String before, String now) {
    var old = read(before);
    var fresh = read(now);
    var breaks = new ArrayList<String>();
    for (var one : old.entrySet()) {
      String is = fresh.get(one.getKey());
      if (is == null) {
        int dot = one.getKey().lastIndexOf('.');
        boolean whole = dot > 0 && !fresh.containsKey(one.getKey().substring(0, dot));
        if (!whole) { // what was in a message that went is told with it
          breaks.add("removes " + one.getKey());
        }
      } else if (!is.equals(one.getValue())) {
        breaks.add(one.getKey() + " was " + one.getValue() + ", is " + is);
      }
    }
    return breaks;
  }
}
