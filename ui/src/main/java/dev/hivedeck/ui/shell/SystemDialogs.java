package dev.hivedeck.ui.shell;

import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Theme;
import dev.hivedeck.ui.shell.theme.Tone;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javafx.scene.control.Alert;
import javafx.scene.control.Button;
import javafx.scene.control.ButtonBar;
import javafx.scene.control.ButtonType;
import javafx.stage.DirectoryChooser;
import javafx.stage.FileChooser;
import javafx.stage.Window;

/** Dialogs of the system. */
public final class SystemDialogs implements Dialogs {
  private final Window window;
  private final Texts texts;
  private final Theme theme;
  private final Supplier<Path> here;

  /**
   * @param here where the person is: files and folders are looked for from there
   */
  public SystemDialogs(Window window, Texts texts, Theme theme, Supplier<Path> here) {
    this.window = window;
    this.texts = texts;
    this.theme = theme;
    this.here = here;
  }

  @Override
  public boolean confirm(String title, String consequence, String verb) {
    var yes = new ButtonType(verb, ButtonBar.ButtonData.OK_DONE);
    var no = new ButtonType(texts.text("action.keep"), ButtonBar.ButtonData.CANCEL_CLOSE);
    var alert = new Alert(Alert.AlertType.CONFIRMATION, consequence, yes, no);
    alert.initOwner(window);
    alert.setTitle(title);
    alert.setHeaderText(title);
    alert.setGraphic(Tone.AMBER.on(Icon.WARNED.node()));
    // Whoever goes on typing, or clicks twice, keeps what is there.
    ((Button) alert.getDialogPane().lookupButton(yes)).setDefaultButton(false);
    ((Button) alert.getDialogPane().lookupButton(no)).setDefaultButton(true);
    var dressed = theme.dress(alert.getDialogPane().getScene());
    try {
      return alert.showAndWait().filter(yes::equals).isPresent();
    } finally {
      dressed.unsubscribe();
    }
  }

  @Override
  public Optional<Path> chooseFolder(String title) {
    var chooser = new DirectoryChooser();
    chooser.setTitle(title);
    chooser.setInitialDirectory(start(beside(here.get())));
    return Optional.ofNullable(chooser.showDialog(window)).map(File::toPath);
  }

  @Override
  public List<Path> chooseFiles(String title, List<String> patterns) {
    var chooser = new FileChooser();
    chooser.setTitle(title);
    chooser.setInitialDirectory(start(here.get()));
    chooser
        .getExtensionFilters()
        .add(new FileChooser.ExtensionFilter(String.join(", ", patterns), patterns));
    var files = chooser.showOpenMultipleDialog(window);
    return files == null ? List.of() : files.stream().map(File::toPath).toList();
  }

  @Override
  public Optional<Path> chooseTarget(String title, String name) {
    var chooser = new FileChooser();
    chooser.setTitle(title);
    chooser.setInitialDirectory(start(here.get()));
    chooser.setInitialFileName(name);
    return Optional.ofNullable(chooser.showSaveDialog(window)).map(File::toPath);
  }

  /** Other workspaces are most often beside this one. */
  private static Path beside(Path folder) {
    return Files.exists(folder.resolve(".git")) && folder.getParent() != null
        ? folder.getParent()
        : folder;
  }

  /** The chooser throws where its folder is gone: the nearest that is there. */
  private static File start(Path folder) {
    var there = folder;
    while (there != null && !Files.isDirectory(there)) {
      there = there.getParent();
    }
    return there == null ? null : there.toFile();
  }
}
