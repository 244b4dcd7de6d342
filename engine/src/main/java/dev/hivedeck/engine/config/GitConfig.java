package dev.hivedeck.engine.config;

/**
 * What Hivedeck does unasked in the user's repository.
 *
 * @param update whether the user's checkouts of main are brought along when main moves
 * @param maintenance whether loose objects and refs are packed while nothing runs
 */
public record GitConfig(boolean update, boolean maintenance) {
  static final GitConfig STANDARD = new GitConfig(true, true);
}
