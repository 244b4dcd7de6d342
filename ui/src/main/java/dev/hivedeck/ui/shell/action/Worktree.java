package dev.hivedeck.ui.shell.action;

import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.ui.shell.Desk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where an attempt's files are, as long as they are on this machine. */
public final class Worktree {
  private Worktree() {}

  /** The folder of an attempt; empty when there is none any more. */
  public static Optional<Path> of(Desk desk, String attempt) {
    return desk.live()
        .attempts()
        .get(attempt)
        .map(Views.Attempt::worktree)
        .filter(w -> !w.isBlank())
        .map(Path::of)
        .filter(Files::isDirectory);
  }

  /** Opens it in the person's editor. */
  public static void open(Desk desk, String attempt) {
    open(desk, attempt, null);
  }

  /**
   * As {@link #open(Desk, String)}.
   *
   * @param file a path in it to be opened, too; null for none
   */
  public static void open(Desk desk, String attempt, String file) {
    of(desk, attempt).ifPresent(folder -> new Editor(desk).open(folder, file));
  }
}
