package dev.hivedeck.engine.service;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.service.ServiceEvent;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The ledger of services: what was last told of each, and what people want of it. */
public final class ServiceLedger {
  private ServiceLedger() {}

  /**
   * What is written down of one.
   *
   * @param view as it was told last
   * @param wanted whether it is to run; null where nobody said
   * @param turn how often a person began it anew: instances of an earlier turn are replaced
   * @param seeded digest of the seed that ran; null where none did
   */
  public record Row(Service view, @Nullable Boolean wanted, long turn, @Nullable String seeded) {}

  /** All services, by name. */
  public static List<Service> all(Sql sql) throws SQLException {
    return sql.list("SELECT * FROM service ORDER BY id", ServiceLedger::view);
  }

  /** All rows, by name. */
  public static List<Row> rows(Sql sql) throws SQLException {
    return sql.list("SELECT * FROM service ORDER BY id", ServiceLedger::row);
  }

  /**
   * One of them.
   *
   * @throws HiveException {@code no-thing}
   */
  public static Service one(Sql sql, String id) throws SQLException {
    return find(sql, id).map(Row::view).orElseThrow(() -> missing(id));
  }

  /** Why there is none of that name. */
  public static HiveException missing(String id) {
    return new HiveException(
        ErrorCode.NO_THING,
        "There is no service " + id + ".",
        "hivedeck services lists those there are; services: in .hivedeck/hive.yaml adds one.");
  }

  /** What is written down of one. */
  public static Optional<Row> find(Sql sql, String id) throws SQLException {
    return sql.one("SELECT * FROM service WHERE id = ?", ServiceLedger::row, id);
  }

  private static Service view(Sql.Row row) throws SQLException {
    return Json.read(row.text("told"), Service.class);
  }

  private static Row row(Sql.Row row) throws SQLException {
    return new Row(
        view(row),
        row.isNull("wanted") ? null : row.flag("wanted"),
        row.number("turn"),
        row.text("seeded"));
  }

  /**
   * Tells of a service, where it is otherwise than it was told last.
   *
   * @param wanted whether it is to run where nobody said
   */
  public static void tell(Tx tx, ServiceEvent type, String text, Service now, boolean wanted)
      throws SQLException {
    var before = find(tx.sql(), now.id()).orElse(null);
    boolean wants =
        before == null || before.wanted() == null
            ? wanted
            : Objects.requireNonNull(before.wanted());
    var view = now.with(wants);
    if (before == null || !before.view().equals(view)) {
      write(tx, view);
      tx.emit(type, text, view);
    }
  }

  private static void write(Tx tx, Service view) throws SQLException {
    tx.sql()
        .update(
            "INSERT INTO service(id, told) VALUES (?, ?)"
                + " ON CONFLICT(id) DO UPDATE SET told = excluded.told",
            view.id(),
            Json.write(view));
  }

  /**
   * Notes what a person wants of a service, and tells of it.
   *
   * @param known the service as it is where nothing was told of it yet
   * @param anew whether it is begun anew, also where it was given up
   */
  public static Service want(Tx tx, Service known, boolean wanted, boolean anew)
      throws SQLException {
    var before = find(tx.sql(), known.id()).map(Row::view).orElse(null);
    var view = (before == null ? known : before).with(wanted);
    write(tx, view);
    tx.sql()
        .update(
            "UPDATE service SET wanted = ?, turn = turn + ? WHERE id = ?",
            wanted ? 1 : 0,
            anew ? 1 : 0,
            view.id());
    if (!view.equals(before)) {
      tx.emit(ServiceEvent.CHANGED, view.id() + (wanted ? " is to run" : " is not to run"), view);
    }
    return view;
  }

  /** Notes that the seed ran. */
  public static void seeded(Tx tx, String id, String digest) throws SQLException {
    tx.sql().update("UPDATE service SET seeded = ? WHERE id = ?", digest, id);
  }

  /** Forgets a service. */
  public static void remove(Tx tx, String id) throws SQLException {
    if (tx.sql().update("DELETE FROM service WHERE id = ?", id) > 0) {
      tx.emit(ServiceEvent.REMOVED, id, id + " is gone", null);
    }
  }
}
