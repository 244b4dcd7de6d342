package dev.hivedeck.engine.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.sqlite.SQLiteConfig;

/**
 * Tables, indexes and triggers, as the migrations make them. A file that holds others was made by
 * somebody else: a trigger would run with whatever the engine writes.
 */
final class Schema {
  /** The version that this engine writes. */
  static final int VERSION = 39;

  /** What the migrations make, by version: always the same, and work to find out. */
  private static final Map<Long, Map<String, String>> MADE = new ConcurrentHashMap<>();

  private Schema() {}

  /** Brings an empty or an earlier database up to {@link #VERSION}. */
  static void migrate(Sql sql) throws SQLException {
    migrate(sql, VERSION);
  }

  /** Brings it to a version, which may be an earlier one than {@link #VERSION}. */
  static void migrate(Sql sql, long to) throws SQLException {
    for (long next = version(sql) + 1; next <= to; next++) {
      sql.run("BEGIN IMMEDIATE");
      for (String statement : script(next).split(";\\s*\\n")) {
        if (!statement.isBlank()) {
          sql.run(statement);
        }
      }
      sql.run("PRAGMA user_version = " + next);
      sql.run("COMMIT");
    }
  }

  static long version(Sql sql) throws SQLException {
    return sql.number("PRAGMA user_version");
  }

  private static String script(long version) {
    String name = "/hivedeck/store/%03d.sql".formatted(version);
    try (var in = Schema.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  /**
   * What is in a database beside or instead of what the migrations to its version make.
   *
   * @return in words; empty when it is as they make it, or of a later version
   */
  static List<String> foreign(Sql sql) throws SQLException {
    long version = version(sql);
    if (version > VERSION) {
      return List.of();
    }
    var found = things(sql);
    var expected = made(version);
    var foreign = new ArrayList<String>();
    found.forEach(
        (name, text) -> {
          if (!expected.containsKey(name)) {
            foreign.add("it holds the " + name + ", which no database of Hivedeck has");
          } else if (!expected.get(name).equals(text)) {
            foreign.add("its " + name + " is not as Hivedeck makes it");
          }
        });
    expected.keySet().stream()
        .filter(name -> !found.containsKey(name))
        .forEach(name -> foreign.add("it lacks the " + name));
    return foreign;
  }

  private static Map<String, String> made(long version) throws SQLException {
    var known = MADE.get(version);
    if (known == null) {
      try (var sql = memory()) {
        migrate(sql, version);
        known = things(sql);
      }
      MADE.put(version, known);
    }
    return known;
  }

  /** All by kind and name, without what SQLite keeps for itself. */
  private static Map<String, String> things(Sql sql) throws SQLException {
    var things = new TreeMap<String, String>();
    sql.list(
        "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE NOT ("
            + "type = 'table' AND name IN ('sqlite_stat1', 'sqlite_stat4') OR"
            + " type = 'index' AND name GLOB 'sqlite_autoindex_*' AND sql IS NULL)",
        row ->
            things.put(
                row.text("type") + " " + row.text("name"),
                row.text("tbl_name") + ": " + plain(row.text("sql"))));
    return things;
  }

  /** Without comments and with single spaces: scripts may be laid out anew. */
  private static String plain(String text) {
    return text == null ? "" : text.replaceAll("--[^\\n]*", " ").replaceAll("\\s+", " ").strip();
  }

  /** A database that is nowhere but in memory. */
  static Sql memory() throws SQLException {
    return new Sql(new SQLiteConfig().createConnection("jdbc:sqlite::memory:"));
  }
}
