package dev.hivedeck.ui.shell.action;

import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.ui.external.OpenTarget;
import dev.hivedeck.ui.shell.ScreenContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where an attempt's files are, as long as they are on this machine. */
public final class WorktreeOpener {
  private WorktreeOpener() {}

  /** The folder of an attempt; empty when there is none any more. */
  public static Optional<Path> of(ScreenContext context, String attempt) {
    return context
        .live()
        .attempts()
        .get(attempt)
        .map(AttemptViews.Attempt::worktree)
        .filter(w -> !w.isBlank())
        .map(Path::of)
        .filter(Files::isDirectory);
  }

  /** Opens it in the person's editor. */
  public static void open(ScreenContext context, String attempt) {
    open(context, attempt, null);
  }

  /**
   * As {@link #open(ScreenContext, String)}.
   *
   * @param file a path in it to be opened, too; null for none
   */
  public static void open(ScreenContext context, String attempt, String file) {
    of(context, attempt).ifPresent(folder -> new ExternalEditor(context).open(folder, file));
  }

  /** Opens it there; where there is none any more, that is said. */
  public static void open(ScreenContext context, OpenTarget target, String attempt) {
    of(context, attempt)
        .ifPresentOrElse(
            folder -> new ExternalEditor(context).open(target, folder),
            () -> context.notices().say(context.texts().text("worktree.gone", attempt)));
  }
}
