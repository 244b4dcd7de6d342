package dev.hivedeck.engine.maintenance;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which repository a workspace's data is of: its folder's name tells that to who has the path only.
 */
public final class RepositoryNote {
  private static final String KEY = "repository.root";

  private RepositoryNote() {}

  /** Writes down what was opened. */
  public static void remember(Path root, NoteStore notes) {
    if (!notes.get(KEY).equals(Optional.of(root.toString()))) {
      notes.write(Map.of(KEY, root.toString()), Set.of());
    }
  }

  /** Where it was when it was opened last; empty where no engine has noted that yet. */
  public static Optional<Path> of(NoteStore notes) {
    try {
      return notes.get(KEY).map(Path::of);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }
}
