package dev.hivedeck.engine.config;

/**
 * What Hivedeck does unasked in the user's repository.
 *
 * @param update whether the user's checkouts of main are brought along when main moves
 * @param maintenance whether loose objects and refs are packed while nothing runs
 * @param largest bytes of the largest file that is taken of what agents leave
 */
public record GitConfig(boolean update, boolean maintenance, long largest) {
  static final GitConfig STANDARD = new GitConfig(true, true, 1_000_000_000);
}
