package dev.hivedeck.engine.notify;

import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** A condition of the engine that raises alerts for as long as it holds. */
public interface AlertSource {
  /** The {@code alertname} of all that it raises. */
  String name();

  /** Those that fire now. */
  List<RoutedAlert> firing(Sql sql, Instant now) throws SQLException;
}
