package dev.hivedeck.engine.store;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.sqlite.core.Codes;
import org.sqlite.core.DB;
import org.sqlite.jdbc4.JDBC4PreparedStatement;

/**
 * A connection with its prepared statements kept. Parameters are bound by position; instants travel
 * as epoch milliseconds, enums as their lower-case word. Not for sharing between threads.
 *
 * <p>Statements run on the driver's core: its {@code ResultSet} asks for the name of every column
 * of every result anew, which takes longer than most queries here.
 */
public final class Sql implements AutoCloseable {
  private final Connection connection;
  private final Map<String, Prepared> statements = new HashMap<>();

  /** A statement with its columns by name. */
  private record Prepared(JDBC4PreparedStatement statement, Map<String, Integer> columns) {}

  Sql(Connection connection) {
    this.connection = connection;
  }

  Connection connection() {
    return connection;
  }

  /** Turns a row into a value. */
  @FunctionalInterface
  public interface Mapper<T> {
    T map(Row row) throws SQLException;
  }

  /** Looks at a row, and says whether it wants another. */
  private interface Look {
    boolean more(Row row) throws SQLException;
  }

  public <T> List<T> list(String sql, Mapper<T> mapper, Object... parameters) throws SQLException {
    var list = new ArrayList<T>();
    read(
        sql,
        parameters,
        row -> {
          list.add(mapper.map(row));
          return true;
        });
    return list;
  }

  /** Does something with a row. */
  @FunctionalInterface
  public interface Reader {
    void read(Row row) throws SQLException;
  }

  /** Reads row by row, however many there are. */
  public void each(String sql, Reader reader, Object... parameters) throws SQLException {
    read(
        sql,
        parameters,
        row -> {
          reader.read(row);
          return true;
        });
  }

  public <T> Optional<T> one(String sql, Mapper<T> mapper, Object... parameters)
      throws SQLException {
    var one = new ArrayList<T>(1);
    read(
        sql,
        parameters,
        row -> {
          one.add(mapper.map(row));
          return false;
        });
    return one.isEmpty() ? Optional.empty() : Optional.ofNullable(one.getFirst());
  }

  /** The first column of the first row, 0 when there is none or it is null. */
  public long number(String sql, Object... parameters) throws SQLException {
    var number = new long[1];
    read(
        sql,
        parameters,
        row -> {
          number[0] = row.database.column_long(row.pointer, 0);
          return false;
        });
    return number[0];
  }

  private void read(String sql, Object[] parameters, Look look) throws SQLException {
    try {
      var prepared = prepared(sql);
      var statement = prepared.statement();
      statement.pointer.safeRunConsume(
          (database, pointer) -> {
            try {
              var row = new Row(database, pointer, prepared.columns());
              boolean found = database.execute(statement, plain(parameters));
              while (found && look.more(row)) {
                found = next(database, pointer);
              }
            } finally {
              if (!statement.pointer.isClosed()) {
                database.reset(pointer);
              }
            }
          });
    } catch (SQLException e) {
      throw forgetting(sql, e);
    }
  }

  private static boolean next(DB database, long pointer) throws SQLException {
    int code = database.step(pointer);
    if (code != Codes.SQLITE_ROW && code != Codes.SQLITE_DONE) {
      database.throwex(code);
    }
    return code == Codes.SQLITE_ROW;
  }

  /** Returns how many rows changed; 0 for what changes none, such as a savepoint. */
  public int update(String sql, Object... parameters) throws SQLException {
    try {
      var statement = prepared(sql).statement();
      return (int) statement.getDatabase().executeUpdate(statement, plain(parameters));
    } catch (SQLException e) {
      throw forgetting(sql, e);
    }
  }

  private Prepared prepared(String sql) throws SQLException {
    var prepared = statements.get(sql);
    if (prepared == null) {
      var statement = (JDBC4PreparedStatement) connection.prepareStatement(sql);
      var columns = new HashMap<String, Integer>();
      String[] names = statement.pointer.safeRun(DB::column_names);
      for (int i = names.length - 1; i >= 0; i--) { // of two of a name, the first
        columns.put(names[i], i);
      }
      prepared = new Prepared(statement, columns);
      statements.put(sql, prepared);
    }
    return prepared;
  }

  /** A statement that failed, on a full disk for example, may not work again; a new one does. */
  private SQLException forgetting(String sql, SQLException failure) {
    var prepared = statements.remove(sql);
    if (prepared != null) {
      try {
        prepared.statement().close();
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

  private static Object[] plain(Object[] values) {
    var plain = new Object[values.length];
    for (int i = 0; i < plain.length; i++) {
      plain[i] = plain(values[i]);
    }
    return plain;
  }

  private static Object plain(Object value) {
    return switch (value) {
      case null -> null;
      case String text -> text;
      case Instant instant -> instant.toEpochMilli();
      case Boolean flag -> flag ? 1 : 0;
      case Enum<?> word -> word.name().toLowerCase(Locale.ROOT);
      case Topic topic -> topic.word();
      default -> value;
    };
  }

  @Override
  public void close() throws SQLException {
    for (var prepared : statements.values()) {
      prepared.statement().close();
    }
    connection.close();
  }

  /** The row a mapper stands on; columns by name. */
  public static final class Row {
    private final DB database;
    private final long pointer;
    private final Map<String, Integer> columns;

    Row(DB database, long pointer, Map<String, Integer> columns) {
      this.database = database;
      this.pointer = pointer;
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
      return database.column_text(pointer, at(column));
    }

    public int integer(String column) throws SQLException {
      return database.column_int(pointer, at(column));
    }

    public long number(String column) throws SQLException {
      return database.column_long(pointer, at(column));
    }

    public double real(String column) throws SQLException {
      return database.column_double(pointer, at(column));
    }

    /** Null stays null. */
    public byte[] bytes(String column) throws SQLException {
      return database.column_blob(pointer, at(column));
    }

    /** Whether there is no value. */
    public boolean isNull(String column) throws SQLException {
      return database.column_type(pointer, at(column)) == Codes.SQLITE_NULL;
    }

    public boolean flag(String column) throws SQLException {
      return integer(column) != 0;
    }

    /** Null stays null. */
    public Instant instant(String column) throws SQLException {
      int index = at(column);
      return database.column_type(pointer, index) == Codes.SQLITE_NULL
          ? null
          : Instant.ofEpochMilli(database.column_long(pointer, index));
    }

    /**
     * @throws HiveException {@code store-damaged} when it is none of them
     */
    public <E extends Enum<E>> E word(String column, Class<E> type) throws SQLException {
      String word = text(column);
      try {
        return word == null ? null : Enum.valueOf(type, word.toUpperCase(Locale.ROOT));
      } catch (IllegalArgumentException e) {
        throw damaged(column, word, e);
      }
    }

    /**
     * @throws HiveException {@code store-damaged} when it is none
     */
    public Topic topic(String column) throws SQLException {
      String word = text(column);
      try {
        return Topic.of(word);
      } catch (HiveException e) {
        throw damaged(column, word, e);
      }
    }

    private static HiveException damaged(String column, String word, Exception e) {
      return new HiveException(
          ErrorCode.STORE_DAMAGED,
          "The database has a row whose %s is \"%s\", which no Hivedeck writes."
              .formatted(column, Printable.line(word)),
          "hivedeck check says which; hivedeck recover puts the newest sound backup in its"
              + " place.",
          e);
    }
  }
}
