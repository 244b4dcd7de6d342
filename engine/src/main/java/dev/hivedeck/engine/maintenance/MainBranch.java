package dev.hivedeck.engine.maintenance;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The branch that changes merge into, where {@code workspace.main} does not say: the one that it
 * was before. Without it, another branch would be taken for main once that one is deleted.
 */
public final class MainBranch {
  private static final String KEY = "main.branch";

  private MainBranch() {}

  /**
   * The branch to open.
   *
   * @param configured what {@code workspace.main} says; null when it does not
   * @return null when git is to be asked
   */
  public static String of(String configured, NoteStore notes) {
    return configured != null ? configured : notes.get(KEY).orElse(null);
  }

  /** Writes down what was opened; what is configured is not remembered beyond that. */
  public static void remember(String configured, String opened, NoteStore notes) {
    Optional<String> wanted = configured == null ? Optional.of(opened) : Optional.empty();
    if (!wanted.equals(notes.get(KEY))) {
      notes.write(
          wanted.map(branch -> Map.of(KEY, branch)).orElse(Map.of()),
          wanted.isEmpty() ? Set.of(KEY) : Set.of());
    }
  }
}
