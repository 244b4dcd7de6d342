package dev.hivedeck.ui.shell.notice;

import dev.hivedeck.engine.protocol.view.NotifyViews;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.ui.live.LiveModel;
import dev.hivedeck.ui.shell.Navigator;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import java.util.Optional;

/** What notices look like, and where they lead. */
public final class Notices {
  private Notices() {}

  /** How many were not read yet. */
  public static long unread(LiveModel live) {
    return live.notices().all().stream().filter(n -> n.readAt() == null).count();
  }

  /**
   * Red for what wakes somebody up, amber for what can wait for the morning, grey when it ended.
   */
  public static Tone tone(NotifyViews.Notice notice) {
    if (!isFiring(notice)) {
      return Tone.NEUTRAL;
    }
    return notice.severity().equals("page") ? Tone.RED : Tone.AMBER;
  }

  public static Icon icon(NotifyViews.Notice notice) {
    if (!isFiring(notice)) {
      return Icon.CHECK;
    }
    return switch (notice.topic()) {
      case "task" -> Icon.FAILED;
      case "decision" -> Icon.DECISION;
      case "channel" -> Icon.DISCONNECTED;
      case "rollout" -> Icon.ROLLOUT;
      case "service" -> Icon.SERVICE;
      default -> Icon.ALERT;
    };
  }

  public static boolean isFiring(NotifyViews.Notice notice) {
    return notice.state().equals("firing");
  }

  /** Whether the engine's own alerts are told of. */
  public static boolean isOwn(NotifyViews.Notice notice) {
    return notice.source().equals(SloViews.Alert.OWN);
  }

  /** Page, ticket, or that it is over. */
  public static String state(Texts texts, NotifyViews.Notice notice) {
    if (!isFiring(notice)) {
      return texts.text("inbox.resolved");
    }
    var key = "slo.severity." + notice.severity();
    return texts.has(key) ? texts.text(key) : texts.text("inbox.firing");
  }

  /** What else is said than its title, in a line; empty for nothing. */
  public static String detail(Texts texts, NotifyViews.Notice notice) {
    return notice
        .text()
        .lines()
        .filter(line -> !line.equals(notice.title()))
        .findFirst()
        .map(line -> DisplayText.line(texts.said(line)))
        .orElse("");
  }

  /** The screen of the thing that it is about; empty where there is none. */
  static Optional<ScreenId> place(NotifyViews.Notice notice) {
    return switch (notice.topic()) {
      case "objective", "alert" -> Optional.of(ScreenId.SLOS);
      case "task" -> Optional.of(ScreenId.TASKS);
      case "decision" -> Optional.of(ScreenId.DECISIONS);
      case "change" -> Optional.of(ScreenId.CHANGES);
      case "agent" -> Optional.of(ScreenId.AGENTS);
      case "channel" -> Optional.of(ScreenId.SETTINGS);
      case "rollout" -> Optional.of(ScreenId.ROLLOUTS);
      case "service" -> Optional.of(ScreenId.SERVICES);
      default -> Optional.empty();
    };
  }

  /** Leads to the thing that it is about. */
  public static void open(Navigator go, NotifyViews.Notice notice) {
    place(notice)
        .ifPresent(
            place -> {
              if (place == ScreenId.SETTINGS) {
                go.to(place, "notifications");
              } else if (notice.target().isEmpty()) {
                go.to(place);
              } else {
                go.to(place, notice.target());
              }
            });
  }

  /** The number in its id. */
  public static long number(NotifyViews.Notice notice) {
    var digits = notice.id().replaceAll("[^0-9]", "");
    return digits.isEmpty() ? 0 : Long.parseLong(digits);
  }
}
