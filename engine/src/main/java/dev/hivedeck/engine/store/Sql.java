package dev.hivedeck.engine.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A connection with its prepared statements kept. Parameters are bound by position; instants travel
 * as epoch milliseconds, enums as their lower-case word. Not for sharing between threads.
 */
public final class Sql implements AutoCloseable {
  private final Connection connection;
  private final Map<String, PreparedStatement> statements = new HashMap<>();

  /** The columns of each query by name: the driver would look them up anew in each result. */
  private final Map<String, Map<String, Integer>> columns = new HashMap<>();

  Sql(Connection connection) {
    this.connection = connection;
  }

  /** Turns a row into a value. */
  @FunctionalInterface
  public interface Mapper<T> {
    T map(Row row) throws SQLException;
  }

  public <T> List<T> list(String sql, Mapper<T> mapper, Object... parameters) throws SQLException {
    try (ResultSet rows = bind(sql, parameters).executeQuery()) {
      var list = new ArrayList<T>();
      var row = row(sql, rows);
      while (rows.next()) {
        list.add(mapper.map(row));
      }
      return list;
    } catch (SQLException e) {
      throw forgetting(sql, e);
    }
  }

  public <T> Optional<T> one(String sql, Mapper<T> mapper, Object... parameters)
      throws SQLException {
    try (ResultSet rows = bind(sql, parameters).executeQuery()) {
      return rows.next() ? Optional.ofNullable(mapper.map(row(sql, rows))) : Optional.empty();
    } catch (SQLException e) {
      throw forgetting(sql, e);
    }
  }

  /** The first column of the first row, 0 when there is none or it is null. */
  public long number(String sql, Object... parameters) throws SQLException {
    try (ResultSet rows = bind(sql, parameters).executeQuery()) {
      return rows.next() ? rows.getLong(1) : 0;
    } catch (SQLException e) {
      throw forgetting(sql, e);
    }
  }

  private Row row(String sql, ResultSet rows) throws SQLException {
    var names = columns.get(sql);
    if (names == null) {
      names = new HashMap<>();
      var meta = rows.getMetaData();
      for (int i = meta.getColumnCount(); i > 0; i--) {
        names.put(meta.getColumnLabel(i), i);
      }
      columns.put(sql, names);
    }
    return new Row(rows, names);
  }

  /** Returns how many rows changed. */
  public int update(String sql, Object... parameters) throws SQLException {
    try {
      return bind(sql, parameters).executeUpdate();
    } catch (SQLException e) {
      throw forgetting(sql, e);
    }
  }

  /** A statement that failed, on a full disk for example, may not work again; a new one does. */
  private SQLException forgetting(String sql, SQLException failure) {
    var statement = statements.remove(sql);
    columns.remove(sql);
    if (statement != null) {
      try {
        statement.close();
      } catch (SQLException e) {
        failure.addSuppressed(e);
      }
    }
    return failure;
  }

  void run(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /**
   * Begins a transaction. Told so, the driver does not look before each statement whether it is in
   * one.
   */
  void begin() throws SQLException {
    connection.setAutoCommit(false);
  }

  void commit() throws SQLException {
    connection.setAutoCommit(true);
  }

  /** Undoes the transaction, as far as SQLite has not done so by itself. */
  void rollback() throws SQLException {
    try {
      if (connection.getAutoCommit()) {
        run("ROLLBACK"); // The commit failed, which the driver takes for one.
      } else {
        connection.rollback();
      }
    } finally {
      connection.setAutoCommit(true);
    }
  }

  /** Runs a statement that comes again and again, such as those around each write. */
  void again(String sql) throws SQLException {
    try {
      bind(sql).execute();
    } catch (SQLException e) {
      throw forgetting(sql, e);
    }
  }

  private PreparedStatement bind(String sql, Object... parameters) throws SQLException {
    PreparedStatement statement = statements.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      statements.put(sql, statement);
    }
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, plain(parameters[i]));
    }
    return statement;
  }

  private static Object plain(Object value) {
    return switch (value) {
      case null -> null;
      case Instant instant -> instant.toEpochMilli();
      case Boolean flag -> flag ? 1 : 0;
      case Enum<?> word -> word.name().toLowerCase(java.util.Locale.ROOT);
      default -> value;
    };
  }

  @Override
  public void close() throws SQLException {
    for (var statement : statements.values()) {
      statement.close();
    }
    connection.close();
  }

  /** The row a mapper stands on; columns by name. */
  public static final class Row {
    private final ResultSet rows;
    private final Map<String, Integer> columns;

    Row(ResultSet rows, Map<String, Integer> columns) {
      this.rows = rows;
      this.columns = columns;
    }

    private int at(String column) throws SQLException {
      Integer index = columns.get(column);
      if (index == null) {
        throw new SQLException("no column " + column);
      }
      return index;
    }

    /** Whether there is such a column; an earlier version may lack it. */
    public boolean has(String column) {
      return columns.containsKey(column);
    }

    public String text(String column) throws SQLException {
      return rows.getString(at(column));
    }

    public int integer(String column) throws SQLException {
      return rows.getInt(at(column));
    }

    public long number(String column) throws SQLException {
      return rows.getLong(at(column));
    }

    public double real(String column) throws SQLException {
      return rows.getDouble(at(column));
    }

    public boolean flag(String column) throws SQLException {
      return rows.getInt(at(column)) != 0;
    }

    /** Null stays null. */
    public Instant instant(String column) throws SQLException {
      long millis = rows.getLong(at(column));
      return rows.wasNull() ? null : Instant.ofEpochMilli(millis);
    }

    public <E extends Enum<E>> E word(String column, Class<E> type) throws SQLException {
      String word = rows.getString(at(column));
      return word == null ? null : Enum.valueOf(type, word.toUpperCase(java.util.Locale.ROOT));
    }
  }
}
