package dev.hivedeck.ui.shell.frame;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import java.util.function.ToIntFunction;

/**
 * Fuzzy matching: the letters of the query in order, anywhere in the text. Letters in a row, at the
 * start of a word and at the very start weigh more; a long text weighs a little less.
 */
final class FuzzyMatcher {
  private static final int NONE = Integer.MIN_VALUE;

  private FuzzyMatcher() {}

  /**
   * @param text in lower case
   * @return how well it fits; {@link Integer#MIN_VALUE} when it does not
   */
  static int score(String query, String text) {
    if (query.isEmpty()) {
      return 0;
    }
    var whole = text.indexOf(query);
    if (whole >= 0) {
      var start = whole == 0 ? 60 : boundary(text, whole) ? 40 : 10;
      return 100 + start + query.length() * 4 - Math.min(text.length() / 8, 20);
    }
    int score = 0;
    int at = -1;
    for (int i = 0; i < query.length(); i++) {
      char letter = query.charAt(i);
      if (letter == ' ') {
        continue;
      }
      int next = text.indexOf(letter, at + 1);
      if (next < 0) {
        return NONE;
      }
      score += next == at + 1 ? 6 : boundary(text, next) ? 5 : 1 - Math.min(next - at, 12) / 4;
      at = next;
    }
    return score > query.length() ? score - Math.min(text.length() / 8, 20) : NONE;
  }

  private static boolean boundary(String text, int at) {
    return at == 0 || !Character.isLetterOrDigit(text.charAt(at - 1));
  }

  /** The best {@code limit}, best first; equal ones in the order given. */
  static <T> List<T> best(
      String query,
      List<T> all,
      java.util.function.Function<T, String> text,
      ToIntFunction<T> weight,
      int limit,
      BooleanSupplier stale) {
    var sought = query.strip().toLowerCase(Locale.ROOT);
    record Hit<T>(T thing, int score, int place) {}
    Comparator<Hit<T>> worstFirst =
        Comparator.<Hit<T>>comparingInt(Hit::score)
            .thenComparing(Comparator.<Hit<T>>comparingInt(Hit::place).reversed());
    var hits = new PriorityQueue<Hit<T>>(worstFirst);
    for (int i = 0; i < all.size(); i++) {
      if ((i & 1023) == 0 && stale.getAsBoolean()) {
        return List.of();
      }
      var thing = all.get(i);
      int score = score(sought, text.apply(thing));
      if (score == NONE) {
        continue;
      }
      hits.add(new Hit<>(thing, score + weight.applyAsInt(thing), i));
      if (hits.size() > limit) {
        hits.poll();
      }
    }
    var best = new ArrayList<T>(hits.size());
    while (!hits.isEmpty()) {
      best.add(hits.poll().thing());
    }
    return best.reversed();
  }
}
