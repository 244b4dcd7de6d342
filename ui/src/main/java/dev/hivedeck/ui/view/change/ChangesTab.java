package dev.hivedeck.ui.view.change;

import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** What the screen shows of the changes. */
enum ChangesTab {
  OPEN(EnumSet.complementOf(EnumSet.of(ChangeState.MERGED, ChangeState.CLOSED))),
  QUEUE(EnumSet.of(ChangeState.QUEUED, ChangeState.MERGING)),
  MERGED(EnumSet.of(ChangeState.MERGED)),
  CLOSED(EnumSet.of(ChangeState.CLOSED)),
  FIGURES(EnumSet.noneOf(ChangeState.class));

  private final Set<ChangeState> states;

  ChangesTab(Set<ChangeState> states) {
    this.states = states;
  }

  /** The one where a change of that state is read. */
  static ChangesTab of(ChangeState state) {
    return switch (state) {
      case MERGED -> MERGED;
      case CLOSED -> CLOSED;
      case DRAFT, OPEN, QUEUED, MERGING, CONFLICTED, BLOCKED -> OPEN;
    };
  }

  boolean holds(ChangeState state) {
    return states.contains(state);
  }

  /** Whether it is a list, beside which the chosen change is read. */
  boolean isList() {
    return this != QUEUE && this != FIGURES;
  }

  /** What its name in the texts begins with. */
  String key() {
    return "changes." + name().toLowerCase(Locale.ROOT);
  }
}
