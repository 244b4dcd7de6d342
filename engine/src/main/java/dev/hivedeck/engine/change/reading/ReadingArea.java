package dev.hivedeck.engine.change.reading;

import dev.hivedeck.engine.area.Action;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.reading.ReadingCommand;
import dev.hivedeck.engine.protocol.reading.ReadingQuery;
import dev.hivedeck.engine.protocol.reading.ReadingRegistration;
import dev.hivedeck.engine.protocol.reading.ReadingViews.Reading;
import dev.hivedeck.engine.protocol.reading.ReadingViews.ReadingHunk;
import dev.hivedeck.engine.protocol.reading.ReadingViews.ReadingOrder;
import dev.hivedeck.engine.protocol.reading.ReadingViews.Readings;
import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import dev.hivedeck.engine.store.Ledger;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Registers how far a person has read changes. */
public final class ReadingArea {
  /** Longer than that nobody reads without a break. */
  private static final int LONGEST = 3_600;

  private ReadingArea() {}

  /** What is known of a change besides how far it is read. */
  public record Known(long number, String head, List<Risk> risks) {}

  /** Finds changes. */
  @FunctionalInterface
  public interface Changes {
    /**
     * @throws HiveException {@code no-change}
     */
    Known find(Sql sql, String id) throws SQLException;
  }

  public static Area of(Ledger ledger, Changes changes) {
    return Area.named("reading")
        .commands(
            ReadingCommand.class,
            command ->
                switch (command) {
                  case ReadingCommand.MarkSeen c ->
                      Action.answer(tx -> see(tx, changes.find(tx.sql(), c.id()), c));
                  case ReadingCommand.MarkUnseen c ->
                      Action.answer(tx -> forget(tx, changes.find(tx.sql(), c.id()), c));
                  case ReadingCommand.Read c ->
                      Action.answer(tx -> read(tx, changes.find(tx.sql(), c.id()), c));
                })
        .queries(
            ReadingQuery.class,
            query ->
                switch (query) {
                  case ReadingQuery.OfAll _ ->
                      ledger.read(
                          sql -> new Readings(ReadingLedger.pace(sql), ReadingLedger.all(sql)));
                  case ReadingQuery.OfChange q ->
                      ledger.read(sql -> order(sql, changes.find(sql, q.id())));
                })
        .things(ReadingRegistration.TOPIC, ReadingLedger::all)
        .things(ReadingRegistration.PACE, sql -> List.of(ReadingLedger.pace(sql)))
        .build();
  }

  private static ReadingOrder order(Sql sql, Known change) throws SQLException {
    return new ReadingOrder(
        "C-" + change.number(),
        change.head(),
        FileOrder.of(ReadingLedger.hunks(sql, change.number()), change.risks()));
  }

  private static Reading see(Tx tx, Known change, ReadingCommand.MarkSeen c) throws SQLException {
    ReadingLedger.see(tx, change.number(), named(tx.sql(), change, c.hunks(), c.files()));
    return reading(tx, change);
  }

  private static Reading forget(Tx tx, Known change, ReadingCommand.MarkUnseen c)
      throws SQLException {
    ReadingLedger.forget(tx, change.number(), named(tx.sql(), change, c.hunks(), c.files()));
    return reading(tx, change);
  }

  private static Reading read(Tx tx, Known change, ReadingCommand.Read c) throws SQLException {
    if (c.seconds() < 0 || c.seconds() > LONGEST) {
      throw new HiveException(
          ErrorCode.BAD_NUMBER,
          "seconds is " + c.seconds() + ".",
          "Say 0 to " + LONGEST + "; who reads longer than an hour says so more than once.");
    }
    if (!c.head().equals(change.head())
        && !ReadingLedger.knows(tx.sql(), change.number(), c.head())) {
      throw moved(change, "was never at " + c.head());
    }
    ReadingLedger.read(tx, change.number(), c.head(), c.seconds());
    return reading(tx, change);
  }

  private static Reading reading(Tx tx, Known change) throws SQLException {
    return ReadingLedger.of(tx.sql(), change.number())
        .orElseGet(() -> new Reading("C-" + change.number(), 0, 0, 0, 0));
  }

  /** Hunks by hash and by file; all where none is named. */
  private static Set<String> named(
      Sql sql, Known change, @Nullable List<String> hashes, @Nullable List<String> files)
      throws SQLException {
    var hunks = ReadingLedger.hunks(sql, change.number());
    boolean all = (hashes == null || hashes.isEmpty()) && (files == null || files.isEmpty());
    var named = new LinkedHashSet<String>();
    for (String path : all ? hunks.keySet() : files == null ? List.<String>of() : files) {
      if (!hunks.containsKey(path)) {
        throw new HiveException(
            ErrorCode.NO_FILE,
            "No line differs in %s of #%d.".formatted(path, change.number()),
            "hivedeck change reading C-%d lists its files.".formatted(change.number()));
      }
      hunks.get(path).stream().map(ReadingHunk::hash).forEach(named::add);
    }
    if (hashes != null) {
      var known = hashes(hunks);
      for (String hash : hashes) {
        if (!known.contains(hash)) {
          throw moved(change, "has no hunk " + hash);
        }
        named.add(hash);
      }
    }
    return named;
  }

  private static Set<String> hashes(Map<String, List<ReadingHunk>> hunks) {
    var hashes = new LinkedHashSet<String>();
    hunks.values().forEach(some -> some.forEach(h -> hashes.add(h.hash())));
    return hashes;
  }

  private static HiveException moved(Known change, String why) {
    return new HiveException(
        ErrorCode.CHANGE_MOVED,
        "#%d %s: it has changed since it was shown.".formatted(change.number(), why),
        "Look at it again.");
  }
}
