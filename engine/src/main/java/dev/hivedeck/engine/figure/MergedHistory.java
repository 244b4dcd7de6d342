package dev.hivedeck.engine.figure;

import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is known of merged changes, kept between two questions: only those are read again of which
 * events have told since. Where events are missing, all of it is read anew.
 */
final class MergedHistory {
  /** Of more changes nothing is kept: they are read each time. */
  private static final int MOST = 250_000;

  /** Where more things have changed, all are read at once. */
  private static final int MANY = 5_000;

  private static final int AT_ONCE = 500;

  private final int most;
  private final Map<Long, MergedChange> known = new HashMap<>();
  private long seq = -1;
  private long reread;

  MergedHistory() {
    this(MOST);
  }

  MergedHistory(int most) {
    this.most = most;
  }

  /** How many changes were read from the database so far. */
  synchronized long reread() {
    return reread;
  }

  /** All merged changes, none with what reverted it; empty where there are too many to keep. */
  synchronized Collection<MergedChange> all(Sql sql) throws SQLException {
    long last = sql.number("SELECT coalesce(max(seq), 0) FROM event");
    long first = sql.number("SELECT coalesce(min(seq), 0) FROM event");
    if (seq < 0 || first > seq + 1) {
      everything(sql);
      seq = last;
    } else if (last > seq) { // an older snapshot than the last one is answered with what is known
      news(sql);
      seq = last;
    }
    return List.copyOf(known.values());
  }

  /** Whether so many were merged that they are read each time. */
  boolean tooMany(Sql sql) throws SQLException {
    return sql.number("SELECT count(*) FROM change WHERE merged_at IS NOT NULL") > most;
  }

  private void everything(Sql sql) throws SQLException {
    known.clear();
    read(sql, "c.merged_at IS NOT NULL");
  }

  private void news(Sql sql) throws SQLException {
    var changes = new HashSet<Long>();
    var tasks = new HashSet<String>();
    sql.each(
        "SELECT DISTINCT topic, id FROM event WHERE seq > ? AND topic IN ('change', 'attempt')",
        row -> {
          String id = row.text("id");
          if (row.text("topic").equals("change")) {
            changes.add(Long.parseLong(id.substring(2)));
          } else if (id.contains(".")) {
            tasks.add(id.substring(0, id.lastIndexOf('.')));
          }
        },
        seq);
    if (changes.size() + tasks.size() > MANY) {
      everything(sql);
      return;
    }
    for (String task : tasks) {
      changes.addAll(
          sql.list("SELECT number FROM change WHERE task = ?", row -> row.number("number"), task));
    }
    var left = new ArrayList<>(changes);
    for (int i = 0; i < left.size(); i += AT_ONCE) {
      some(sql, Set.copyOf(left.subList(i, Math.min(left.size(), i + AT_ONCE))));
    }
  }

  private void some(Sql sql, Set<Long> numbers) throws SQLException {
    known.keySet().removeAll(numbers);
    read(
        sql,
        "c.merged_at IS NOT NULL AND c.number IN ("
            + numbers.stream().map(String::valueOf).collect(Collectors.joining(","))
            + ")");
  }

  private void read(Sql sql, String which) throws SQLException {
    sql.each(
        FigureReader.MERGED.formatted(which),
        row -> {
          var change = FigureReader.change(row);
          known.put(change.number(), change.reverts() ? change : change.untitled());
          reread++;
        });
  }
}
