package dev.hivedeck.ui.external;

import java.util.ArrayList;
import java.util.List;

/** The words of a command that a person typed; no shell reads them. */
final class CommandWords {
  private CommandWords() {}

  /**
   * What is in single or double quotes is one word, its spaces kept; a quote that is not closed
   * ends with the text. Nothing else has a meaning, a backslash least of all.
   */
  static List<String> of(String text) {
    var words = new ArrayList<String>();
    var word = new StringBuilder();
    boolean begun = false;
    char quote = 0;
    for (char c : text.toCharArray()) {
      if (quote != 0 ? c == quote : c == '"' || c == '\'') {
        quote = quote == 0 ? c : 0;
        begun = true;
      } else if (quote == 0 && Character.isWhitespace(c)) {
        if (begun) {
          words.add(word.toString());
        }
        word.setLength(0);
        begun = false;
      } else {
        word.append(c);
        begun = true;
      }
    }
    if (begun) {
      words.add(word.toString());
    }
    return words;
  }
}
