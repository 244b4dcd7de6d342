package dev.hivedeck.engine.figure;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.figure.FigureViews.Unit;
import dev.hivedeck.engine.protocol.view.Word;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The figures there are. Those of DORA are as <a href="https://dora.dev/guides/dora-metrics/">its
 * guide</a> defines them; a deployment is a merge to main here, and a failed one is a merge that
 * was reverted.
 */
enum FigureKind {
  WITHOUT_REWORK(
      "Without rework, 14 d",
      Unit.SHARE,
      true,
      "Share of merged changes that were not reverted within 14 days. One that is younger is left"
          + " out: of it that is not known yet."),
  FIRST_TRY(
      "Right at first try",
      Unit.SHARE,
      true,
      "Share of merged changes of which no attempt failed and none was sent back."),
  SMALL(
      "Small enough",
      Unit.SHARE,
      true,
      "Share of merged changes that had at most changes.size.warn lines to read."),
  XP(
      "XP compliance",
      Unit.SHARE,
      true,
      "Share of merged changes that were small, tested (judged by a gate, and no test lost),"
          + " reviewed by a person, and on main within a day."),
  VELOCITY("Velocity", Unit.WEEKLY, true, "Changes merged in a week."),
  LEAD_TIME(
      "Lead time",
      Unit.SECONDS,
      false,
      "Median time from the first attempt at a task until its change is on main."),
  REVIEW_WAIT(
      "Review wait",
      Unit.SECONDS,
      false,
      "How long changes waited for a person's review until that was given: the median, and what"
          + " three quarters do not exceed."),
  CHANGE_LEAD_TIME(
      "Change lead time",
      Unit.SECONDS,
      false,
      "DORA: median time from committed to deployed. A change is committed when it is opened, and"
          + " deployed when it is merged to main."),
  DEPLOYMENT_FREQUENCY(
      "Deployment frequency",
      Unit.DAILY,
      true,
      "DORA: deployments in a day. A deployment is a merge to main."),
  CHANGE_FAIL_RATE(
      "Change fail rate",
      Unit.SHARE,
      false,
      "DORA: share of deployments that needed an intervention. Here: merges that were reverted."),
  RECOVERY_TIME(
      "Failed deployment recovery time",
      Unit.SECONDS,
      false,
      "DORA: median time from a failed deployment until it was made good. Here: from a merge until"
          + " its revert is on main."),
  REWORK_RATE(
      "Deployment rework rate",
      Unit.SHARE,
      false,
      "DORA: share of deployments that were not planned but follow from a failure. Here: merges"
          + " that are reverts."),
  AUTONOMY(
      "Without you",
      Unit.HOURS,
      true,
      "Hours in which agents were at work, for each command that a person sent, as far back as"
          + " the audit reaches."),
  ATTENTION(
      "Your minutes a change",
      Unit.MINUTES,
      false,
      "Minutes of a person for each merged change: the time between two commands of theirs where"
          + " that is five minutes at most, else one minute for a command; as far back as the audit"
          + " reaches."),
  COST(
      "Cost a change",
      Unit.DOLLARS,
      false,
      "What all attempts at a task and looks of an agent at its change cost, on average of merged"
          + " changes. One whose cost is not known is left out, not counted as free.");

  private final String title;
  private final Unit unit;
  private final boolean moreIsBetter;
  private final String definition;

  FigureKind(String title, Unit unit, boolean moreIsBetter, String definition) {
    this.title = title;
    this.unit = unit;
    this.moreIsBetter = moreIsBetter;
    this.definition = definition;
  }

  /**
   * @throws HiveException {@code no-figure}
   */
  static FigureKind named(String name) {
    return Arrays.stream(values())
        .filter(kind -> kind.word().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new HiveException(
                    ErrorCode.NO_FIGURE,
                    "There is no figure " + name + ".",
                    "There are "
                        + Arrays.stream(values())
                            .map(FigureKind::word)
                            .collect(Collectors.joining(", "))
                        + "."));
  }

  String word() {
    return Word.kebab(this);
  }

  String title() {
    return title;
  }

  Unit unit() {
    return unit;
  }

  boolean moreIsBetter() {
    return moreIsBetter;
  }

  String definition() {
    return definition;
  }

  /** What there would have to be for a value. */
  String missing() {
    return switch (this) {
      case WITHOUT_REWORK -> "Nothing that was merged in these days is 14 days old.";
      case REVIEW_WAIT -> "No review was given in these days.";
      case RECOVERY_TIME -> "Nothing was reverted in these days.";
      case AUTONOMY -> "It needs agents at work, and a command of a person.";
      case COST -> "No change with a known cost was merged in these days.";
      default -> "Nothing was merged in these days.";
    };
  }
}
