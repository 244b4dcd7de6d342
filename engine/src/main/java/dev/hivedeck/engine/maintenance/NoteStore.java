package dev.hivedeck.engine.maintenance;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Single values that are written down of a workspace. Who may only read has notes that forget what
 * is written.
 */
public interface NoteStore {
  Optional<String> get(String key);

  /** All whose names begin so and go on, by the rest of their names. */
  Map<String, String> below(String prefix);

  /** Writes and removes some at once. */
  void write(Map<String, String> values, Set<String> removed);
}
