package dev.hivedeck.engine.slo.rule;

import dev.hivedeck.engine.metric.promql.Expr;
import dev.hivedeck.engine.slo.alert.AlertRule;
import java.util.Map;

/** One rule of a group. */
public sealed interface Rule {
  /** What it records, or the name of its alerts. */
  String name();

  /** The query as written. */
  String query();

  Expr expr();

  /** Keeps the result of a query as a series. */
  record Recording(String record, String query, Expr expr, Map<String, String> labels)
      implements Rule {
    public Recording {
      labels = Map.copyOf(labels);
    }

    @Override
    public String name() {
      return record;
    }
  }

  /** Makes an alert of each result of a query. */
  record Alerting(AlertRule alert, String query, Expr expr) implements Rule {
    @Override
    public String name() {
      return alert.name();
    }
  }
}
