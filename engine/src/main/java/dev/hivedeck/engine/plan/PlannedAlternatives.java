package dev.hivedeck.engine.plan;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Which agents a task is for that is there already and that a plan names others for. None is ever
 * taken away from it; more are added as long as nothing was chosen.
 */
final class PlannedAlternatives {
  private PlannedAlternatives() {}

  /**
   * The task as it is to be.
   *
   * @param known as it is
   * @throws HiveException {@code plan-invalid} where it is an alternative to another one itself
   */
  static TaskSpec of(Sql sql, TaskSpec spec, TaskSpec known) throws SQLException {
    var original = AlternativeLedger.original(sql, spec.id());
    if (original.isPresent() && !original.get().equals(spec.id())) {
      throw new HiveException(
          ErrorCode.PLAN_INVALID,
          "%s is the id of an alternative to %s.".formatted(spec.id(), original.get()),
          "Give the task another id; nothing was imported.");
    }
    if (known.agents().isEmpty() && spec.agents().isEmpty()) {
      return spec;
    }
    var missing = new ArrayList<>(spec.doers());
    known.doers().forEach(missing::remove);
    if (missing.isEmpty() || !AlternativeLedger.open(sql, spec.id())) {
      return known.agents().isEmpty() ? spec.with(known.agent()) : spec.by(known.agents());
    }
    if (known.agents().isEmpty() && !spec.agents().contains(known.agent())) {
      return spec;
    }
    var all = new ArrayList<>(known.doers());
    all.addAll(missing);
    return spec.by(all);
  }

  /** The alternatives to a task that are there already. */
  static List<String> others(Sql sql, TaskSpec spec) throws SQLException {
    var all = AlternativeLedger.tasks(sql, spec.id());
    return all.isEmpty() ? all : all.subList(1, all.size());
  }
}
