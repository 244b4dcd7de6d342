package dev.hivedeck.engine.slo.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The keys of a format that something is made of; all others have to be told of, so that nothing is
 * dropped in silence.
 *
 * @param keys with all around them
 * @param whole those whose whole value is known, whatever it holds
 */
record KnownKeys(Set<String> keys, Set<String> whole) {
  private static final String ALL = "/**";

  /**
   * @param keys as in {@code slos/*}{@code /name}; one that ends in {@code /**} is known whole
   */
  static KnownKeys of(String... keys) {
    var known = new HashSet<String>();
    var whole = new HashSet<String>();
    for (String key : keys) {
      String at = key.endsWith(ALL) ? key.substring(0, key.length() - ALL.length()) : key;
      if (key.endsWith(ALL)) {
        whole.add("/" + at);
      }
      for (int end = at.length(); end > 0; end = at.lastIndexOf('/', end - 1)) {
        known.add("/" + at.substring(0, end));
      }
    }
    return new KnownKeys(known, whole);
  }

  /** JSON pointers of what is not known and says something. */
  List<String> others(JsonNode root) {
    var others = new ArrayList<String>();
    look(root, "", "", others);
    return others;
  }

  private void look(JsonNode node, String path, String pointer, List<String> others) {
    if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        look(node.get(i), path + "/*", pointer + "/" + i, others);
      }
    }
    node.properties()
        .forEach(
            e -> {
              String step = "/" + e.getKey().replace("~", "~0").replace("/", "~1");
              String key = path + "/" + e.getKey();
              var value = e.getValue();
              if (whole.contains(key)
                  || value.isNull()
                  || value.isContainerNode() && value.isEmpty()) {
                return;
              }
              if (keys.contains(key)) {
                look(value, key, pointer + step, others);
              } else {
                others.add(pointer + step);
              }
            });
  }
}
