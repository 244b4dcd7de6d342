package dev.hivedeck.engine.store;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Does what carries a key once, however often it is sent: the key and the answer are written in the
 * transaction that does it, or, where it is done beside the ledger, right after. Keys are
 * remembered for a day, as the IETF's draft on the Idempotency-Key header leaves to the resource.
 */
public final class IdempotencyKeys {
  /** How long a key is remembered. */
  public static final Duration REMEMBERED = Duration.ofDays(1);

  private static final int LONGEST = 200;

  private IdempotencyKeys() {}

  /** What is to be done once. */
  @FunctionalInterface
  public interface Work<T> {
    T run() throws SQLException;
  }

  private record Before(String what, String result) {}

  /**
   * What was answered before.
   *
   * @param value may be null
   */
  public record Answered<T>(T value) {}

  /**
   * @param key null to just do it
   * @param what is done, to tell a repetition from another use of the same key
   * @return what it answered now, or the first time
   * @throws HiveException {@code key-reused}, {@code key-invalid}
   */
  public static <T> T run(Tx tx, String key, Object what, Class<T> type, Work<T> work)
      throws SQLException {
    if (key == null) {
      return work.run();
    }
    var before = answered(tx.sql(), tx.now(), key, what, type);
    if (before.isPresent()) {
      return before.get().value();
    }
    T result = work.run();
    note(tx, key, what, result);
    return result;
  }

  /**
   * What was answered when this key came before; empty when it is new.
   *
   * @throws HiveException {@code key-reused} when it came with something else, {@code key-invalid}
   */
  public static <T> Optional<Answered<T>> answered(
      Sql sql, Instant now, String key, Object what, Class<T> type) throws SQLException {
    if (key.isBlank() || key.length() > LONGEST) {
      throw new HiveException(
          ErrorCode.KEY_INVALID,
          "An idempotency key has 1 to " + LONGEST + " characters.",
          "Send a UUID, for example.");
    }
    var before =
        sql.one(
            "SELECT what, result FROM command WHERE key = ? AND at >= ?",
            row -> new Before(row.text("what"), row.text("result")),
            key,
            now.minus(REMEMBERED));
    if (before.isPresent() && !before.get().what().equals(print(what))) {
      throw new HiveException(
          ErrorCode.KEY_REUSED,
          "The key " + key + " was used for something else.",
          "Send a new key with each new command.");
    }
    return before.map(b -> new Answered<>(b.result() == null ? null : Json.read(b.result(), type)));
  }

  /** Remembers what was answered. */
  public static void note(Tx tx, String key, Object what, Object result) throws SQLException {
    tx.sql().update("DELETE FROM command WHERE at < ?", tx.now().minus(REMEMBERED));
    tx.sql()
        .update(
            "INSERT INTO command(key, what, result, at) VALUES (?, ?, ?, ?)",
            key,
            print(what),
            result == null ? null : Json.write(result),
            tx.now());
  }

  private static String print(Object what) {
    return UUID.nameUUIDFromBytes(Json.write(what).getBytes(StandardCharsets.UTF_8)).toString();
  }
}
