package dev.hivedeck.engine.store;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * A damaged database, read as far as it goes: where a block of rows cannot be read, each half of it
 * by itself, down to the single row. Nothing is written to it.
 */
final class CorruptDatabaseReader implements AutoCloseable {
  private static final int BLOCK = 500;

  /** Reads of one table that may fail before what is left of it is given up. */
  private static final int PATIENCE = 2_000;

  /** How far to look when even the last row cannot be found, and how far at all. */
  private static final long BEYOND = 100_000;

  private static final long FURTHEST = 10_000_000;

  private final Sql sql;

  /**
   * @throws SQLException when nothing can be found in it: its first page, or its list of tables
   */
  CorruptDatabaseReader(Path file) throws SQLException {
    this.sql = Backups.open(file);
    try {
      if (sql.number("SELECT count(*) FROM sqlite_schema WHERE name = 'event'") == 0) {
        throw new SQLException("it holds nothing of Hivedeck");
      }
    } catch (SQLException e) {
      sql.close();
      throw e;
    }
  }

  /**
   * Numbers of rows that could not be read, if they were there.
   *
   * @param to the last of them; {@code Long.MAX_VALUE} when it is not known where they end
   */
  record Span(long from, long to) {
    String words() {
      return to == Long.MAX_VALUE
          ? "from " + from + " on"
          : from == to ? "" + from : from + "–" + to;
    }
  }

  /** Takes a row that was read. */
  @FunctionalInterface
  interface RowConsumer<T> {
    void take(T row) throws SQLException;
  }

  /**
   * Reads a table in the order of its rows.
   *
   * @param select without conditions
   * @param after the number of the row to begin after
   * @param take what it throws ends the reading
   * @return what could not be read
   */
  <T> List<Span> read(
      String table, String select, long after, Sql.Mapper<T> mapper, RowConsumer<T> take)
      throws SQLException {
    long last;
    boolean known = true;
    try {
      last = Math.min(sql.number("SELECT max(rowid) FROM " + table), after + FURTHEST);
    } catch (SQLException e) {
      last = after + BEYOND;
      known = false;
    }
    var blockReader = new BlockReader<>(select, mapper, take);
    for (long at = after; at < last; at += BLOCK) {
      blockReader.block(at, Math.min(at + BLOCK, last));
    }
    if (!known && !blockReader.lost.isEmpty() && blockReader.lost.getLast().to() == last) {
      blockReader.lost.add(new Span(blockReader.lost.removeLast().from(), Long.MAX_VALUE));
    }
    return blockReader.lost;
  }

  /** One row, all of it, by its number; whatever cannot be read of it is left out. */
  <T> List<T> row(String table, long place, Sql.Mapper<T> mapper) {
    try {
      return sql.list("SELECT * FROM " + table + " WHERE rowid = ?", mapper, place);
    } catch (SQLException e) {
      return List.of();
    }
  }

  @Override
  public void close() throws SQLException {
    sql.close();
  }

  private final class BlockReader<T> {
    private final String select;
    private final Sql.Mapper<T> mapper;
    private final RowConsumer<T> take;
    private final List<Span> lost = new ArrayList<>();
    private int failures;

    BlockReader(String select, Sql.Mapper<T> mapper, RowConsumer<T> take) {
      this.select = select;
      this.mapper = mapper;
      this.take = take;
    }

    void block(long from, long to) throws SQLException {
      List<T> rows;
      try {
        rows =
            sql.list(select + " WHERE rowid > ? AND rowid <= ? ORDER BY rowid", mapper, from, to);
      } catch (SQLException e) {
        if (to - from == 1 || ++failures > PATIENCE) {
          lose(from + 1, to);
        } else {
          block(from, (from + to) / 2);
          block((from + to) / 2, to);
        }
        return;
      }
      for (T row : rows) {
        take.take(row);
      }
    }

    private void lose(long from, long to) {
      boolean goesOn = !lost.isEmpty() && lost.getLast().to() == from - 1;
      lost.add(new Span(goesOn ? lost.removeLast().from() : from, to));
    }
  }
}
