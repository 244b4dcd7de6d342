package dev.hivedeck.engine.change.forecast;

import dev.hivedeck.engine.mainline.TrialMerges;
import dev.hivedeck.engine.mainline.TrialMerges.Pair;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.merge.MergeViews.Encounter;
import dev.hivedeck.engine.protocol.merge.MergeViews.Forecast;
import dev.hivedeck.engine.protocol.merge.MergeViews.Meeting;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says of every open change whom it meets: each pair is merged for trial once, and again only when
 * one of the two has another commit.
 */
public final class ConflictForecast {
  private static final Logger LOG = LoggerFactory.getLogger(ConflictForecast.class);

  /** Of more changes than this the oldest are looked at; nobody reads more. */
  private static final int MOST = 100;

  private final Store store;
  private final TrialMerges trials;
  private final Told told;
  private final UnaryOperator<String> redact;
  private final Supplier<String> ids;
  private List<Tip> looked = List.of();
  private Map<Pair, Encountered> known = new HashMap<>();
  private Map<String, Set<String>> files = new HashMap<>();
  private final Map<String, Integer> behind = new HashMap<>();
  private String counted = "";

  /** Tells of a change whose forecast is another now. */
  @FunctionalInterface
  public interface Told {
    void changed(Tx tx, String change) throws SQLException;
  }

  /** An open change, or main. */
  private record Tip(String id, String head, String original) {
    /** Of alternatives only one comes to main: they never meet. */
    boolean meets(Tip other) {
      return !equals(other) && (original.isEmpty() || !original.equals(other.original));
    }
  }

  /** What came of a pair; no meeting where they merge without touching each other. */
  private record Encountered(@Nullable Meeting meeting, List<String> files) {
    static final Encountered NONE = new Encountered(null, List.of());
  }

  /**
   * @param redact masks secrets in the names of files
   * @param ids of the correlation of what is written
   */
  public ConflictForecast(
      Store store,
      TrialMerges trials,
      Told told,
      UnaryOperator<String> redact,
      Supplier<String> ids) {
    this.store = store;
    this.trials = trials;
    this.told = told;
    this.redact = redact;
    this.ids = ids;
  }

  /** Tries what was not tried yet, and writes down what is new. */
  public synchronized void look() {
    try {
      var open = store.read(ConflictForecast::open);
      forecast(open, new Tip(Forecast.MAIN, trials.main(), ""));
    } catch (HiveException e) { // a commit that went, a git that failed: looked at again soon
      LOG.info("no forecast now: {}", e.getMessage());
    }
  }

  private static List<Tip> open(Sql sql) throws SQLException {
    return sql.list(
        "SELECT number, head, coalesce((SELECT original FROM alternative a WHERE a.task ="
            + " change.task), '') AS original FROM change WHERE state NOT IN ('merged', 'closed')"
            + " ORDER BY number LIMIT ?",
        row -> new Tip("C-" + row.number("number"), row.text("head"), row.text("original")),
        MOST);
  }

  private void forecast(List<Tip> open, Tip main) {
    var tips = new ArrayList<Tip>(open);
    tips.add(main);
    if (tips.equals(looked)) {
      return; // nothing has moved since
    }
    var wanted = new ArrayList<Pair>();
    for (int i = 0; i < tips.size(); i++) {
      for (int k = i + 1; k < tips.size(); k++) {
        if (tips.get(i).meets(tips.get(k))) {
          wanted.add(new Pair(tips.get(i).head(), tips.get(k).head()));
        }
      }
    }
    know(wanted, open, main.head());
    behind(open, main.head());
    var forecasts = new ArrayList<Forecast>();
    for (var tip : open) {
      var encounters = new ArrayList<Encounter>();
      for (var other : tips) {
        var met = tip.meets(other) ? met(tip, other) : Encountered.NONE;
        if (met.meeting() != null) {
          encounters.add(new Encounter(other.id(), met.meeting(), met.files()));
        }
      }
      forecasts.add(
          new Forecast(tip.id(), tip.head(), behind.getOrDefault(tip.head(), 0), encounters));
    }
    write(forecasts);
    looked = tips;
  }

  /** Counted anew where main has moved, else of those that are new. */
  private void behind(List<Tip> open, String main) {
    var heads = open.stream().map(Tip::head).collect(Collectors.toCollection(LinkedHashSet::new));
    behind.keySet().retainAll(main.equals(counted) ? heads : Set.of());
    heads.removeAll(behind.keySet());
    if (!heads.isEmpty()) {
      behind.putAll(trials.behind(heads));
    }
    counted = main;
  }

  private Encountered met(Tip one, Tip other) {
    var met = known.get(new Pair(one.head(), other.head()));
    return met != null
        ? met
        : known.getOrDefault(new Pair(other.head(), one.head()), Encountered.NONE);
  }

  private void know(List<Pair> wanted, List<Tip> open, String main) {
    var now = new HashMap<Pair, Encountered>();
    var unknown = new ArrayList<Pair>();
    for (var pair : new HashSet<>(wanted)) {
      var before = known.get(pair);
      if (before == null) {
        unknown.add(pair);
      } else {
        now.put(pair, before);
      }
    }
    var touched = new HashMap<String, Set<String>>();
    var unseen = new LinkedHashSet<String>();
    for (var tip : open) {
      var before = files.get(tip.head());
      if (before == null) {
        unseen.add(tip.head());
      } else {
        touched.put(tip.head(), before);
      }
    }
    touched.putAll(trials.files(unseen));
    unknown.sort(Comparator.comparing(p -> !isWith(main, p))); // what follows from main: second
    var conflicts = trials.conflicts(unknown);
    for (int i = 0; i < unknown.size(); i++) {
      var pair = unknown.get(i);
      now.put(pair, encountered(pair, conflicts.get(i), touched, main, now));
    }
    known = now;
    files = touched;
  }

  private static boolean isWith(String main, Pair pair) {
    return pair.one().equals(main) || pair.other().equals(main);
  }

  /**
   * @param now what is known of pairs with main
   */
  private Encountered encountered(
      Pair pair,
      Set<String> conflicts,
      Map<String, Set<String>> touched,
      String main,
      Map<Pair, Encountered> now) {
    if (isWith(main, pair)) { // what both touch is merged whenever it comes to that
      return conflicts.isEmpty()
          ? Encountered.NONE
          : new Encountered(Meeting.CONFLICT, named(conflicts));
    }
    var theirs = ofThePair(pair, conflicts, touched, main, now);
    if (!theirs.isEmpty()) {
      return new Encountered(Meeting.CONFLICT, named(theirs));
    }
    var both = new TreeSet<>(touched.getOrDefault(pair.one(), Set.of()));
    both.retainAll(touched.getOrDefault(pair.other(), Set.of()));
    if (both.isEmpty()) {
      return Encountered.NONE;
    }
    return trials.contains(pair.one(), pair.other()) || trials.contains(pair.other(), pair.one())
        ? new Encountered(Meeting.STACKED, List.of())
        : new Encountered(Meeting.OVERLAP, named(both));
  }

  /**
   * Without what one has with a main that the other merely began from: that is no matter of both. A
   * file that one of them does not touch counts all the same where both touch another one, which
   * may have been renamed, or is a folder by now.
   */
  private Set<String> ofThePair(
      Pair pair,
      Set<String> conflicts,
      Map<String, Set<String>> touched,
      String main,
      Map<Pair, Encountered> now) {
    if (conflicts.isEmpty()) {
      return conflicts;
    }
    var one = touched.getOrDefault(pair.one(), Set.of());
    var other = touched.getOrDefault(pair.other(), Set.of());
    boolean meet = meet(one, other) || meet(other, one);
    var mains = new HashSet<>(withMain(pair.one(), main, now));
    mains.addAll(withMain(pair.other(), main, now));
    var theirs = new LinkedHashSet<String>();
    for (String file : conflicts) {
      if (one.contains(file) && other.contains(file)
          || meet && !mains.contains(redact.apply(file))) {
        theirs.add(file);
      }
    }
    return theirs;
  }

  /** Whether some file is one of the others, or below one. */
  private static boolean meet(Set<String> files, Set<String> others) {
    return files.stream()
        .anyMatch(
            file -> {
              String path = file;
              while (!others.contains(path)) {
                int slash = path.lastIndexOf('/');
                if (slash < 0) {
                  return false;
                }
                path = path.substring(0, slash);
              }
              return true;
            });
  }

  private static List<String> withMain(String head, String main, Map<Pair, Encountered> now) {
    return now.getOrDefault(new Pair(head, main), Encountered.NONE).files();
  }

  private List<String> named(Set<String> paths) {
    return paths.stream().map(redact).toList();
  }

  private void write(List<Forecast> forecasts) {
    var before = new HashMap<String, Forecast>();
    store.read(ForecastLedger::all).forEach(f -> before.put(f.id(), f));
    var changed = forecasts.stream().filter(f -> !f.equals(before.get(f.id()))).toList();
    var over = new HashSet<>(before.keySet());
    forecasts.forEach(f -> over.remove(f.id()));
    if (changed.isEmpty() && over.isEmpty()) {
      return;
    }
    store.update(
        ids.get(),
        tx -> {
          for (var forecast : changed) {
            ForecastLedger.put(tx, forecast);
            told.changed(tx, forecast.id());
          }
          for (String id : over) {
            ForecastLedger.remove(tx, id);
          }
        });
  }
}
