package dev.hivedeck.engine.protocol.view;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How objectives and their alerts stand, as clients see it. */
public final class SloViews {
  private SloViews() {}

  /** States by how urgent they are, the most urgent first. */
  private static final List<String> URGENCY =
      List.of(
          "broken",
          "page",
          "ticket",
          "impossible",
          "exhausted",
          "watching",
          "no-data",
          "not-enough-data",
          "burning",
          "healthy");

  /** What burns first first, then by name. */
  public static final Comparator<Objective> BY_URGENCY =
      Comparator.comparingInt((Objective o) -> URGENCY.indexOf(o.state()))
          .thenComparing(Objective::name);

  /**
   * An objective; {@code name} is its id.
   *
   * @param target in percent, as it was written
   * @param window {@code 30d} for the last 30 days, {@code 1 month} for one of the calendar
   * @param good share of good events in the window, null without events
   * @param bad events that were bad, of {@code total}
   * @param allowed how many of them may be; not rounded
   * @param left share of the budget that is left, null without events
   * @param state in a word
   * @param forecast when the budget is gone at the speed of late, null when it lasts or nothing can
   *     be said
   * @param problem why it counts nothing or cannot alert, empty when all is well
   * @param parts the objectives that a composite is of, in order
   * @param policy what follows when its budget runs low; empty while no engine evaluates it
   */
  public record Objective(
      String name,
      String description,
      String service,
      String kind,
      String target,
      String window,
      @Nullable Instant at,
      @Nullable Double good,
      long bad,
      long total,
      double allowed,
      @Nullable Double left,
      String state,
      long enough,
      List<Burn> burns,
      @Nullable Forecast forecast,
      List<Alert> alerts,
      String runbook,
      String problem,
      List<String> parts,
      List<PolicyStep> policy)
      implements View {
    public Objective {
      parts = parts == null ? List.of() : List.copyOf(parts);
      policy = policy == null ? List.of() : List.copyOf(policy);
    }

    @Override
    public String id() {
      return name;
    }

    /** The same, with what follows when its budget runs low. */
    public Objective with(List<PolicyStep> steps) {
      return new Objective(
          name,
          description,
          service,
          kind,
          target,
          window,
          at,
          good,
          bad,
          total,
          allowed,
          left,
          state,
          enough,
          burns,
          forecast,
          alerts,
          runbook,
          problem,
          parts,
          steps);
    }
  }

  /**
   * What follows once so little of a budget is left.
   *
   * @param below share of the budget
   * @param action notify, fewer-agents, only-fixes or stop-rollouts
   * @param agents with fewer-agents: the share of agents that may still work, else null
   * @param kinds with only-fixes: of tasks whose changes merge all the same
   */
  public record PolicyStep(
      double below, String action, @Nullable Double agents, List<String> kinds) {}

  /**
   * A pair of windows.
   *
   * @param severity page or ticket
   * @param window the long one, in seconds
   * @param shortWindow in seconds
   * @param factor what both must exceed
   * @param longRate how many times faster than allowed, null without events
   * @param gone in how many seconds a whole budget is gone at this speed, null when never
   */
  public record Burn(
      String severity,
      long window,
      long shortWindow,
      double factor,
      @Nullable Double longRate,
      @Nullable Double shortRate,
      String state,
      @Nullable Long gone) {}

  /**
   * When a budget is gone.
   *
   * @param at null when it lasts
   * @param latest null when it may last
   */
  public record Forecast(
      @Nullable Instant at, @Nullable Instant earliest, @Nullable Instant latest) {}

  /** How far an alert has come. */
  public enum AlertState implements Word {
    /** The condition holds, not yet for long enough. */
    PENDING,
    FIRING,
    /** It fired, and no longer does; it is still told for a while. */
    RESOLVED,
    /** Its objective or rule was taken away while it lasted. */
    REMOVED;

    @JsonCreator
    public static AlertState of(String word) {
      return Word.parse(AlertState.class, word);
    }
  }

  /**
   * An alert, now or in the past.
   *
   * @param id the same whenever its rule finds the same labels
   * @param objective its objective, or the rule that it is of
   * @param labels who it is
   * @param texts for people: summary, meaning, windows, runbook_url
   * @param ended null while it lasts
   * @param muted why nobody, or nobody else, is told of it
   * @param source what raised it: {@code hivedeck}, or the name of another system
   */
  public record Alert(
      String id,
      String objective,
      Map<String, String> labels,
      Map<String, String> texts,
      AlertState state,
      Instant began,
      @Nullable Instant ended,
      Muted muted,
      String source)
      implements View {
    public Alert {
      muted = muted == null ? Muted.NONE : muted;
    }

    /** What raises the engine's own alerts. */
    public static final String OWN = "hivedeck";

    /** One of the engine's own. */
    public Alert(
        String id,
        String objective,
        Map<String, String> labels,
        Map<String, String> texts,
        AlertState state,
        Instant began,
        Instant ended,
        Muted muted) {
      this(id, objective, labels, texts, state, began, ended, muted, OWN);
    }

    /** The same, told or not. */
    public Alert withMuted(Muted why) {
      return new Alert(id, objective, labels, texts, state, began, ended, why, source);
    }

    /** Whether it fires and everybody is told of it. */
    @JsonIgnore
    public boolean isTold() {
      return state == AlertState.FIRING && muted == Muted.NONE;
    }

    /** Whether the engine itself raised it; what was kept by a former one names no source. */
    @JsonIgnore
    public boolean isOwn() {
      return source == null || source.equals(OWN);
    }
  }

  /**
   * A rule of {@code hive.yaml} or of a file of Prometheus rules.
   *
   * @param name where it is, and its own name
   * @param kind alerting or recording
   * @param state inactive, pending or firing, or broken where it cannot be read
   * @param at when it was evaluated last, null when never
   * @param problem why it cannot be read or evaluated, empty when it can
   */
  public record Rule(
      String name, String kind, String query, String state, @Nullable Instant at, String problem) {}

  /**
   * What is in force because an error budget runs low.
   *
   * @param action notify, fewer-agents, only-fixes or stop-rollouts
   * @param left share of the budget that was left when it began
   * @param liftedUntil until when a person has lifted it, null when it is in force
   */
  public record PolicyAct(
      String objective,
      String action,
      Instant began,
      double left,
      @Nullable Instant liftedUntil,
      String liftedBy,
      String comment) {}

  /**
   * Alerts that nobody is told of for a while.
   *
   * @param matchers conditions on their labels
   */
  public record Silence(
      long id, String matchers, Instant starts, Instant ends, String author, String comment) {}

  /**
   * How an objective stood over a time.
   *
   * @param step seconds from one point to the next; the last may be shorter
   * @param burnWindow seconds that {@code burn} is told of
   * @param known when its first event was counted, null when none was
   * @param marks what happened meanwhile: merges and alerts, the oldest first
   */
  public record History(
      String objective,
      String target,
      Instant from,
      Instant until,
      long step,
      long burnWindow,
      @Nullable Instant known,
      List<HistoryPoint> points,
      List<Mark> marks) {}

  /**
   * One step of it. Shares and rates are null where nothing was counted.
   *
   * @param at its end
   * @param bad events within, of {@code total}
   * @param left share of the budget that is left at its end; {@code least} and {@code most} within
   * @param burn how many times faster than allowed at its end; {@code mostBurn} within
   */
  public record HistoryPoint(
      Instant at,
      long bad,
      long total,
      @Nullable Double left,
      @Nullable Double least,
      @Nullable Double most,
      @Nullable Double burn,
      @Nullable Double mostBurn) {}

  /**
   * Something that happened.
   *
   * @param kind {@code merge} or {@code alert}
   * @param id of the change; the severity of the alert
   * @param label in short: {@code #38}, {@code page}
   * @param ended of an alert, null while it lasts; of a merge null
   */
  public record Mark(
      Instant at, String kind, String id, String label, String text, @Nullable Instant ended) {}

  /**
   * What spent a budget, by a label of what was counted.
   *
   * @param by the label; empty when what is counted has none
   * @param labels that there are
   * @param bad events, all of them
   * @param others how many values {@code otherBad} is of
   */
  public record Spent(
      String objective,
      Instant from,
      Instant until,
      String by,
      List<String> labels,
      long bad,
      List<Part> parts,
      int others,
      long otherBad) {}

  /**
   * One value of a label.
   *
   * @param value empty for events without the label
   * @param total its events, good ones too; 0 where they are not counted by that label
   * @param share of all bad events
   */
  public record Part(String value, long bad, long total, double share) {}

  /**
   * When the share of bad events rose, and what came just before.
   *
   * @param verdict {@code no-data}, {@code no-rise}, {@code no-merge}, {@code one-merge} or {@code
   *     no-single-cause}
   * @param rose the likeliest moment, null when it did not
   * @param earliest it rose not before this and not after {@code latest}, in 9 of 10 cases
   * @param before share of bad events before; {@code after} since
   * @param odds that it rose at all, to one; at most 1e9
   * @param suspects merges of the hour before, the nearest first
   * @param label whose one {@code value} has most of what has been bad since, beyond its part of
   *     all; empty when no value stands out
   * @param valueShare its share of the bad events since
   * @param summary in a sentence
   */
  public record Explanation(
      String objective,
      Instant from,
      Instant until,
      String verdict,
      @Nullable Instant rose,
      @Nullable Instant earliest,
      @Nullable Instant latest,
      @Nullable Double before,
      @Nullable Double after,
      @Nullable Double odds,
      List<Suspect> suspects,
      String label,
      String value,
      @Nullable Double valueShare,
      String summary) {}

  /**
   * A merge that may have done it.
   *
   * @param seconds how long it came before the rise; negative when after the likeliest moment
   * @param chance how likely some merge is so near by chance
   */
  public record Suspect(
      String change,
      int number,
      String title,
      String agent,
      Instant merged,
      long seconds,
      double chance) {}
}
