package dev.hivedeck.engine.preparation;

import dev.hivedeck.engine.config.worktree.WorktreeConfig;
import dev.hivedeck.engine.protocol.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A folder that stands ready for an attempt, with what is noted of it. */
record ReadyFolder(Path folder, Note note) {

  /**
   * What is noted of a folder.
   *
   * @param state what it was made from
   * @param commit that is checked out
   * @param millis how long it took
   * @param bytes what is in it
   * @param own what was done, in words
   * @param out what its setup printed
   * @param teardown what undoes that; null for nothing
   * @param seconds that this may take
   */
  record Note(
      String state,
      String commit,
      long millis,
      long bytes,
      List<String> own,
      List<String> out,
      @Nullable String teardown,
      long seconds) {
    Note {
      Objects.requireNonNull(state);
      Objects.requireNonNull(commit);
      own = List.copyOf(own);
      out = List.copyOf(out);
    }

    static Note of(String text) {
      return Objects.requireNonNull(Json.read(text, Note.class));
    }

    /** What it is undone by: what was configured when it was made. */
    WorktreeConfig undone(WorktreeConfig now) {
      return seconds == 0 ? now : now.undone(teardown, Duration.ofSeconds(seconds));
    }
  }
}
