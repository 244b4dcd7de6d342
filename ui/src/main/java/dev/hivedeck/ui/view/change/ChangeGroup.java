package dev.hivedeck.ui.view.change;

import dev.hivedeck.engine.protocol.view.ChangeViews.Change;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.Holder;
import dev.hivedeck.engine.protocol.view.ChangeViews.NextAction;
import dev.hivedeck.ui.shell.notice.AttentionCounts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Comparator;

/** Changes that stand together in a list: open ones by whose turn it is, others by their day. */
enum ChangeGroup {
  YOU(Tone.AMBER, Icon.READ),
  AGENT(Tone.BLUE, Icon.AGENT),
  GATES(Tone.BLUE, Icon.GATE),
  QUEUE(Tone.BLUE, Icon.TABLE),
  TODAY(Tone.GREEN, Icon.CHECK),
  WEEK(Tone.GREEN, Icon.CHECK),
  EARLIER(Tone.GREEN, Icon.CHECK);

  private static final int DAYS = 7;

  private final Tone tone;
  private final Icon icon;

  ChangeGroup(Tone tone, Icon icon) {
    this.tone = tone;
    this.icon = icon;
  }

  static ChangeGroup of(Change change, Instant now, ZoneId zone) {
    if (change.state().over()) {
      var day = LocalDate.ofInstant(ended(change), zone);
      var today = LocalDate.ofInstant(now, zone);
      return !day.isBefore(today) ? TODAY : day.isAfter(today.minusDays(DAYS)) ? WEEK : EARLIER;
    }
    return switch (holder(change)) {
      case YOU -> YOU;
      case AGENT, NOBODY -> AGENT;
      case GATES -> GATES;
      case QUEUE -> QUEUE;
    };
  }

  /** An engine of an earlier version says it by the state alone. */
  private static Holder holder(Change change) {
    if (change.verdict() != null) {
      return change.verdict().holder();
    }
    return switch (change.state()) {
      case QUEUED, MERGING -> Holder.QUEUE;
      case OPEN, CONFLICTED, BLOCKED ->
          AttentionCounts.wantsReview(change) ? Holder.YOU : Holder.AGENT;
      case DRAFT, MERGED, CLOSED -> Holder.NOBODY;
    };
  }

  private static Instant ended(Change change) {
    return change.mergedAt() == null ? change.updatedAt() : change.mergedAt();
  }

  /**
   * What stands first within a group: a question, which holds up an agent; then what is the
   * healthiest, for it is done the soonest. The queue keeps its order, what is over begins with the
   * newest.
   */
  static Comparator<Change> natural(ChangesTab tab) {
    var newest = Comparator.comparingInt(Change::number).reversed();
    return switch (tab) {
      case OPEN ->
          Comparator.<Change>comparingInt(c -> asks(c) ? 0 : 1)
              .thenComparing(c -> c.state() == ChangeState.MERGING ? 0 : 1)
              .thenComparing(c -> ChangesTab.QUEUE.holds(c.state()) ? c.updatedAt() : Instant.EPOCH)
              .thenComparing(Comparator.comparingInt(Change::health).reversed())
              .thenComparing(newest);
      case QUEUE ->
          Comparator.<Change>comparingInt(c -> c.state() == ChangeState.MERGING ? 0 : 1)
              .thenComparing(Change::updatedAt);
      case MERGED, CLOSED, FIGURES ->
          Comparator.comparing(ChangeGroup::ended).reversed().thenComparing(newest);
    };
  }

  private static boolean asks(Change change) {
    return change.verdict() != null && change.verdict().action() == NextAction.ANSWER;
  }

  Tone tone(Change change) {
    return change.state() == ChangeState.CLOSED ? Tone.NEUTRAL : tone;
  }

  Icon icon(Change change) {
    if (change.state() == ChangeState.CLOSED) {
      return Icon.CANCEL;
    }
    if (this != YOU) {
      return icon;
    }
    return asks(change)
        ? Icon.DECISION
        : change.state() == ChangeState.CONFLICTED ? Icon.DRIFT : icon;
  }
}
