package dev.hivedeck.engine.slo.alert;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.protocol.view.Word;
import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/** What keeps alerts from being told at a time. */
public final class Muting {
  private final List<Silence> silences;
  private final Predicate<Labels> inhibited;
  private final Instant at;

  /** Why an alert is not told. */
  public enum Reason {
    /** It is told. */
    NONE,
    SILENCED,
    INHIBITED;

    /** As clients see it; empty for none. */
    public String word() {
      return this == NONE ? "" : Word.kebab(this);
    }
  }

  /** Knows what keeps alerts back. */
  @FunctionalInterface
  public interface Source {
    Muting at(Sql sql, Instant now) throws SQLException;
  }

  /**
   * @param firing all alerts that fire, whatever raised them
   */
  public Muting(
      List<Silence> silences, List<Inhibition> inhibitions, List<Labels> firing, Instant at) {
    this.silences = List.copyOf(silences);
    this.inhibited = Inhibition.by(inhibitions, firing);
    this.at = at;
  }

  /** Silences alone: nobody is told of alerts anyway. */
  public static Muting silences(Sql sql, Instant now) throws SQLException {
    return new Muting(AlertStore.silences(sql, now), List.of(), List.of(), now);
  }

  /** Why the alert with these labels is not told. */
  public Reason of(Labels labels) {
    var alert = labels.without(Labels.NAME);
    if (silences.stream().anyMatch(s -> s.covers(alert, at))) {
      return Reason.SILENCED;
    }
    return inhibited.test(alert) ? Reason.INHIBITED : Reason.NONE;
  }
}
