package dev.hivedeck.ui.shell;

import dev.hivedeck.ui.shell.theme.Icon;
import java.util.Locale;

/** The screens one can go to, in the order of the rail. */
public enum ScreenId {
  OVERVIEW(Icon.OVERVIEW, 'o', Group.NOW),
  DECISIONS(Icon.DECISION, 'd', Group.NOW),
  PLAN(Icon.PLAN, 'p', Group.BUILD),
  AGENTS(Icon.AGENT, 'a', Group.BUILD),
  TASKS(Icon.TASK, 't', Group.BUILD),
  CHANGES(Icon.CHANGE, 'c', Group.BUILD),
  SLOS(Icon.OBJECTIVE, 'b', Group.RUN),
  LESSONS(Icon.LESSON, 'l', Group.IMPROVE),
  SETTINGS(Icon.SETTINGS, 's', Group.END);

  /** How the rail sets them apart. */
  public enum Group {
    NOW,
    BUILD,
    RUN,
    IMPROVE,
    END
  }

  private final Icon icon;
  private final char letter;
  private final Group group;

  ScreenId(Icon icon, char letter, Group group) {
    this.icon = icon;
    this.letter = letter;
    this.group = group;
  }

  public Icon icon() {
    return icon;
  }

  /** Pressed after {@code g}. */
  public char letter() {
    return letter;
  }

  public Group group() {
    return group;
  }

  /** The key of its title in the texts. */
  public String key() {
    return "place." + name().toLowerCase(Locale.ROOT);
  }
}
