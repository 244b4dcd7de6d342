package dev.hivedeck.engine.slo.alert;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.protocol.view.Muted;
import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** What keeps alerts from being told, or from being told to anybody else, at a time. */
public final class Muting {
  private final List<Silence> silences;
  private final Predicate<Labels> inhibited;
  private final Set<Labels> acknowledged;
  private final Instant at;

  /** Knows what keeps alerts back. */
  @FunctionalInterface
  public interface Source {
    Muting at(Sql sql, Instant now) throws SQLException;
  }

  /** Where nobody has acknowledged any. */
  public Muting(
      List<Silence> silences, List<Inhibition> inhibitions, List<Labels> firing, Instant at) {
    this(silences, inhibitions, firing, Set.of(), at);
  }

  /**
   * @param firing all alerts that fire, whatever raised them
   * @param acknowledged those of them that a person has read of
   */
  public Muting(
      List<Silence> silences,
      List<Inhibition> inhibitions,
      List<Labels> firing,
      Set<Labels> acknowledged,
      Instant at) {
    this.silences = List.copyOf(silences);
    this.inhibited = Inhibition.by(inhibitions, firing);
    this.acknowledged = Set.copyOf(acknowledged);
    this.at = at;
  }

  /** Silences alone: nobody is told of alerts anyway. */
  public static Muting silences(Sql sql, Instant now) throws SQLException {
    return new Muting(AlertStore.silences(sql, now), List.of(), List.of(), now);
  }

  /** Why nobody, or nobody else, is told of the alert with these labels. */
  public Muted of(Labels labels) {
    var alert = labels.without(Labels.NAME);
    if (silences.stream().anyMatch(s -> s.covers(alert, at))) {
      return Muted.SILENCED;
    }
    if (inhibited.test(alert)) {
      return Muted.INHIBITED;
    }
    return acknowledged.contains(alert) ? Muted.ACKNOWLEDGED : Muted.NONE;
  }
}
