package dev.hivedeck.ui.shell.action;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.ui.external.FolderOpener;
import dev.hivedeck.ui.external.OpenTarget;
import dev.hivedeck.ui.external.ProgramSearch;
import dev.hivedeck.ui.external.ProgramStart;
import dev.hivedeck.ui.shell.ScreenContext;
import java.nio.file.Path;
import java.util.function.Function;
import javafx.application.Platform;

/**
 * Opens a folder where the person works: by the command of their settings ({@code editor}), else by
 * an editor that is found, else as the system shows folders.
 */
public final class ExternalEditor {
  private static final String SETTING = "editor";

  private final ScreenContext context;

  public ExternalEditor(ScreenContext context) {
    this.context = context;
  }

  /** Opens it in a program of its own; what goes wrong is told as a notice. */
  public void open(Path folder) {
    open(folder, null);
  }

  /**
   * As {@link #open(Path)}, and a file in it. What only shows folders is given no file: it would
   * start what an agent wrote.
   *
   * @param file its path in the folder; null for none
   */
  public void open(Path folder, String file) {
    start(opener -> opener.planOrShow(folder, file == null ? null : folder.resolve(file)));
  }

  /** Opens it there; what goes wrong is told as a notice. */
  public void open(OpenTarget target, Path folder) {
    start(opener -> opener.plan(target, folder, null, null));
  }

  private void start(Function<FolderOpener, ProgramStart> plan) {
    var setting = context.settings().text(SETTING, "");
    Thread.ofVirtual()
        .name("editor")
        .start(
            () -> {
              try {
                plan.apply(new FolderOpener(ProgramSearch.here(), setting, false)).run();
              } catch (HiveException e) {
                Platform.runLater(() -> context.notices().failed(e.fault()));
              }
            });
  }
}
