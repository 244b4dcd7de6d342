package dev.hivedeck.engine.slo.alert;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.protocol.view.Word;
import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/**
 * What keeps alerts from being told at a time.
 *
 * @param firing all alerts that fire, whatever raised them
 */
public record Muting(
    List<Silence> silences, List<Inhibition> inhibitions, List<Labels> firing, Instant at) {
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

  public Muting {
    silences = List.copyOf(silences);
    inhibitions = List.copyOf(inhibitions);
    firing = List.copyOf(firing);
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
    return inhibitions.stream().anyMatch(i -> i.holdsBack(alert, firing))
        ? Reason.INHIBITED
        : Reason.NONE;
  }
}
