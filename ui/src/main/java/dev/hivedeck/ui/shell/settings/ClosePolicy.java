package dev.hivedeck.ui.shell.settings;

import java.util.Locale;

/** What becomes of an engine of this program that is at work when its window closes. */
public enum ClosePolicy {
  /** The person is asked each time. */
  ASK,
  /** It works on without a window. */
  KEEP,
  /** What runs is stopped with its work kept, and nothing begins until a person says so. */
  PARK,
  /** What runs is stopped with its work kept; it goes on when the workspace is opened again. */
  STOP;

  private static final String SETTING = "closing";

  /** What the person chose for every time. */
  public static ClosePolicy of(Settings settings) {
    try {
      return valueOf(settings.text(SETTING, "ask").toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      return ASK;
    }
  }

  /** From now on this, unasked. */
  public void remember(Settings settings) {
    settings.put(SETTING, name().toLowerCase(Locale.ROOT));
  }
}
