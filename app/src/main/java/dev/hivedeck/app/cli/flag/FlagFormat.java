package dev.hivedeck.app.cli.flag;

import java.util.Locale;

/** Whose files flags are written to, and read from. */
enum FlagFormat {
  /** flagd of OpenFeature. */
  FLAGD,
  /** Unleash, as it gives features to clients. */
  UNLEASH;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
