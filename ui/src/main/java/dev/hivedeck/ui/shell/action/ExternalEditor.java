package dev.hivedeck.ui.shell.action;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.ui.shell.ScreenContext;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javafx.application.Platform;

/**
 * Opens a folder where the person works: by the command of their settings ({@code editor}), else by
 * an editor with a window that is on the PATH, else as the system shows folders.
 */
public final class ExternalEditor {
  private static final String SETTING = "editor";
  private static final List<String> KNOWN = List.of("code", "codium", "idea", "zed", "subl");

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
    Thread.ofVirtual().name("editor").start(() -> start(folder, file));
  }

  private void start(Path folder, String file) {
    var command = command(folder, file);
    try {
      new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .getOutputStream()
          .close();
    } catch (IOException e) {
      var fault =
          HiveException.Fault.of(
              ErrorCode.NO_EDITOR,
              context.texts().text("editor.failed", String.join(" ", command), e.getMessage()),
              context.texts().text("editor.failed.hint", folder));
      Platform.runLater(() -> context.notices().failed(fault));
    }
  }

  private List<String> command(Path folder, String file) {
    var words =
        new ArrayList<>(List.of(context.settings().text(SETTING, "").strip().split("\\s+")));
    boolean edits = true;
    if (words.getFirst().isEmpty()) {
      var known = found();
      edits = known.isPresent();
      words.clear();
      words.add(known.orElseGet(ExternalEditor::shower));
    }
    words.add(folder.toString());
    if (edits && file != null && Files.isRegularFile(folder.resolve(file))) {
      words.add(folder.resolve(file).toString());
    }
    return words;
  }

  private static Optional<String> found() {
    var folders = Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator);
    return KNOWN.stream()
        .filter(
            name -> {
              for (String folder : folders) {
                if (!folder.isBlank() && Files.isExecutable(Path.of(folder, name))) {
                  return true;
                }
              }
              return false;
            })
        .findFirst();
  }

  /** What shows folders on this system. */
  private static String shower() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    return system.startsWith("win") ? "explorer" : system.startsWith("mac") ? "open" : "xdg-open";
  }
}
