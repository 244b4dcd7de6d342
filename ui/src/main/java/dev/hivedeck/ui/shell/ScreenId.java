package dev.hivedeck.ui.shell;

import dev.hivedeck.ui.shell.theme.Icon;
import java.util.Locale;

/**
 * A screen one can go to: its word, its icon, its letter, its place. Those that others lead to are
 * named here; a screen that nobody leads to brings its own along.
 *
 * @param word in texts and settings
 * @param letter pressed after {@code g}; each screen has another
 */
public record ScreenId(String word, Icon icon, char letter, Group group) {
  public static final ScreenId OVERVIEW = new ScreenId("overview", Icon.OVERVIEW, 'o', Group.NOW);
  public static final ScreenId DECISIONS = new ScreenId("decisions", Icon.DECISION, 'd', Group.NOW);
  public static final ScreenId PLAN = new ScreenId("plan", Icon.PLAN, 'p', Group.BUILD);
  public static final ScreenId AGENTS = new ScreenId("agents", Icon.AGENT, 'a', Group.BUILD);
  public static final ScreenId TASKS = new ScreenId("tasks", Icon.TASK, 't', Group.BUILD);
  public static final ScreenId CHANGES = new ScreenId("changes", Icon.CHANGE, 'c', Group.BUILD);
  public static final ScreenId SLOS = new ScreenId("slos", Icon.OBJECTIVE, 'b', Group.RUN);
  public static final ScreenId ROLLOUTS = new ScreenId("rollouts", Icon.ROLLOUT, 'r', Group.RUN);
  public static final ScreenId SERVICES = new ScreenId("services", Icon.SERVICE, 'v', Group.RUN);
  public static final ScreenId LESSONS = new ScreenId("lessons", Icon.LESSON, 'l', Group.IMPROVE);
  public static final ScreenId SETTINGS = new ScreenId("settings", Icon.SETTINGS, 's', Group.END);

  /** How the rail sets them apart. */
  public enum Group {
    NOW,
    BUILD,
    RUN,
    IMPROVE,
    END,
    /** Not in the rail: reached by its keys and the palette. */
    UNLISTED
  }

  /** A screen that is not in the rail. */
  public static ScreenId unlisted(String word, Icon icon, char letter) {
    return new ScreenId(word, icon, letter, Group.UNLISTED);
  }

  /** As settings remember it. */
  public String name() {
    return word.toUpperCase(Locale.ROOT);
  }

  /** The key of its title in the texts. */
  public String key() {
    return "place." + word;
  }

  @Override
  public String toString() {
    return name();
  }
}
