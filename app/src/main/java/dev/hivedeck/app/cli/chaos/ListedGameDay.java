package dev.hivedeck.app.cli.chaos;

import dev.hivedeck.engine.protocol.view.Word;

/** A game day of the past, whether it can be read or not. */
sealed interface ListedGameDay permits KeptGameDay, ListedGameDay.Unreadable {
  /** By which it is asked for. */
  int number();

  /**
   * One that cannot be read any more.
   *
   * @param state says so
   * @param file where it is kept
   * @param why in words
   */
  record Unreadable(int number, State state, String file, String why) implements ListedGameDay {}

  /** The only one of what cannot be read. */
  enum State implements Word {
    UNREADABLE
  }
}
