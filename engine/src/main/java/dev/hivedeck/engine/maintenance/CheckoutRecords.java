package dev.hivedeck.engine.maintenance;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is written down of each checkout of main: a crash in between is made good from it. */
final class CheckoutRecords {
  private static final String SINCE = "checkout:";
  private static final String AHEAD = "checkout-ahead:";
  private static final String REFUSED = "checkout-refused:";

  /** Where earlier releases wrote down the commit of the repository's own. */
  private static final String FORMER = "checkout";

  private final NoteStore notes;
  private final Path root;

  /**
   * A checkout may be at a commit that main is about to be moved to.
   *
   * @param stayed it is not: something was in the way
   */
  record Ahead(String from, String to, boolean stayed) {
    static Ahead parse(String noted) {
      var words = noted.split(" ");
      return new Ahead(words[0], words[1], words.length > 2);
    }

    String noted() {
      return from + " " + to + (stayed ? " stayed" : "");
    }
  }

  /**
   * @param root the repository's own working tree
   */
  CheckoutRecords(NoteStore notes, Path root) {
    this.notes = notes;
    this.root = root;
  }

  /** The commit that its files belong to. */
  Optional<String> since(Path checkout) {
    return notes
        .get(SINCE + checkout)
        .or(() -> checkout.equals(root) ? notes.get(FORMER) : Optional.empty());
  }

  void since(Path checkout, String commit) {
    notes.write(Map.of(SINCE + checkout, commit), Set.of());
  }

  Optional<Ahead> ahead(Path checkout) {
    return notes.get(AHEAD + checkout).map(Ahead::parse);
  }

  /** Those that are noted to be ahead, by their paths. */
  Map<String, Ahead> ahead() {
    var all = new TreeMap<String, Ahead>();
    notes.below(AHEAD).forEach((path, noted) -> all.put(path, Ahead.parse(noted)));
    return all;
  }

  void ahead(Path checkout, Ahead ahead) {
    if (!ahead(checkout).equals(Optional.of(ahead))) {
      notes.write(Map.of(AHEAD + checkout, ahead.noted()), Set.of());
    }
  }

  /** It is ahead of nothing. */
  void forget(Path checkout) {
    notes.write(Map.of(), Set.of(AHEAD + checkout));
  }

  /** It is where main is. */
  void arrived(Path checkout, String tip) {
    notes.write(Map.of(SINCE + checkout, tip), Set.of(AHEAD + checkout));
  }

  /** Commits that checkouts may be on the way between: without them nothing can be put back. */
  Set<String> onTheWay() {
    return ahead().values().stream()
        .filter(ahead -> !ahead.stayed())
        .flatMap(ahead -> Stream.of(ahead.from(), ahead.to()))
        .collect(Collectors.toSet());
  }

  /** Why it could not be brought to this tip: who only looks does not try again. */
  Optional<String> refused(Path checkout, String tip) {
    return notes
        .get(REFUSED + checkout)
        .filter(noted -> noted.startsWith(tip + " "))
        .map(noted -> noted.substring(tip.length() + 1));
  }

  void refused(Path checkout, String tip, String why) {
    if (!why.equals(refused(checkout, tip).orElse(null))) {
      notes.write(Map.of(REFUSED + checkout, tip + " " + why), Set.of());
    }
  }
}
