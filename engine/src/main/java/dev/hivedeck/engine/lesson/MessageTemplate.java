package dev.hivedeck.engine.lesson;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What messages of one sort have in common: their words, with {@link #ANY} where they differ. A
 * message is compared only with templates of the same length and the same first word, which makes
 * the templates a tree of fixed depth, and of those it belongs to the most similar.
 *
 * @param words at most {@link #LONGEST}
 * @see <a href="https://doi.org/10.1109/ICWS.2017.13">He, Zhu, Zheng, Lyu: Drain, an online log
 *     parsing approach with fixed depth tree (2017)</a>
 */
record MessageTemplate(List<String> words) {
  /** Stands for any word. */
  static final String ANY = "<*>";

  /** Of a message that is longer, the beginning counts. */
  static final int LONGEST = 24;

  /** How much of a template a message must share to belong to it, 0 to 1. */
  static final double SIMILAR = 0.5;

  private static final int MOST_CHARACTERS = 400;

  /** Numbers, ids, paths, times, and what is quoted, differ from message to message. */
  private static final Pattern VARIES =
      Pattern.compile(".*\\d.*|.*[/\\\\].*|\\W*[\"'`“‘«„].*[\"'`”’»“]\\W*");

  private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"|`[^`]*`|'[^' ][^']*'(?!\\w)");

  /**
   * The template of a single message: its words, with those that surely vary left open.
   *
   * @param names words that vary too: of the agent, the task
   */
  static MessageTemplate of(String message, Collection<String> names) {
    String text = message.strip();
    text = text.length() > MOST_CHARACTERS ? text.substring(0, MOST_CHARACTERS) : text;
    var varying = Set.copyOf(names);
    return new MessageTemplate(
        Arrays.stream(QUOTED.matcher(text).replaceAll(ANY).split("\\s+"))
            .filter(word -> !word.isEmpty())
            .map(word -> varies(word, varying) ? ANY : word)
            .limit(LONGEST)
            .toList());
  }

  private static boolean varies(String word, Set<String> names) {
    return VARIES.matcher(word).matches()
        || names.contains(word)
        || names.contains(word.replaceAll("\\W+$", ""));
  }

  /** Read back from {@link #toString}. */
  static MessageTemplate parse(String text) {
    return new MessageTemplate(List.of(text.split(" ")));
  }

  /** The word under which it is looked for. */
  String head() {
    return words.isEmpty() ? ANY : words.getFirst();
  }

  /** Share of the words that are the same at the same place, 0 to 1; both are of one length. */
  double similarity(MessageTemplate other) {
    if (words.size() != other.words.size()) {
      return 0;
    }
    int same = 0;
    for (int i = 0; i < words.size(); i++) {
      if (words.get(i).equals(other.words.get(i))) {
        same++;
      }
    }
    return words.isEmpty() ? 1 : (double) same / words.size();
  }

  /** What both have in common. */
  MessageTemplate with(MessageTemplate other) {
    var common = new ArrayList<String>();
    for (int i = 0; i < words.size(); i++) {
      common.add(words.get(i).equals(other.words.get(i)) ? words.get(i) : ANY);
    }
    return new MessageTemplate(common);
  }

  @Override
  public String toString() {
    return words.stream().collect(Collectors.joining(" "));
  }
}
