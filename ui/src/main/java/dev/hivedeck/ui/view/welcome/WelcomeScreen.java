package dev.hivedeck.ui.view.welcome;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.ui.shell.Dialogs;
import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import javafx.animation.PauseTransition;
import javafx.beans.binding.Bindings;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.ProgressIndicator;
import javafx.scene.input.TransferMode;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Duration;

/** The first thing a new user sees. */
public final class WelcomeScreen extends StackPane {
  /** What the welcome screen asks of the desktop. */
  public interface Actions {
    List<String> recent();

    void open(Path folder);

    /** Whether there is a demo to try. */
    boolean hasDemo();

    void demo();

    void forget(String folder);

    /**
     * Looks at what is on this machine, and tells that on the FX thread; whether there is anybody
     * who looks.
     */
    default boolean look(Consumer<MachineFindings> found) {
      return false;
    }
  }

  private static final double WORDS = 640;
  private static final double MACHINE = 380;

  /** Whoever has a repository opened at once need not wait for what nobody reads. */
  private static final Duration REST = Duration.millis(300);

  private final Texts texts;
  private final Dialogs dialogs;
  private final Actions actions;
  private final VBox recent = new VBox(2);
  private final VBox news = new VBox();
  private final VBox middle;
  private final MachineCard machine;

  public WelcomeScreen(Texts texts, Dialogs dialogs, Actions actions) {
    this.texts = texts;
    this.dialogs = dialogs;
    this.actions = actions;
    getStyleClass().add("welcome");
    var mark = Icon.HIVE.node();
    mark.getStyleClass().addAll("hive-mark", "hive-mark-large");
    var title = Widgets.label("Hivedeck", "welcome-title");
    var open = Widgets.button(texts.text("welcome.open"), this::choose, "accent", "large");
    open.setGraphic(Icon.FOLDER.node());
    var choices = Widgets.row(10, open);
    if (actions.hasDemo()) {
      var demo = Widgets.button(texts.text("welcome.demo"), actions::demo, "large");
      demo.setGraphic(Icon.DEMO.node());
      choices.getChildren().add(demo);
    }
    middle =
        new VBox(
            18,
            Widgets.row(14, mark, title),
            Widgets.prose(texts.text("welcome.what"), "welcome-what"),
            choices,
            news,
            recent,
            steps(),
            Widgets.prose(texts.text("welcome.steps"), "muted"));
    for (var part : List.of(news, recent)) { // No gap where there is nothing.
      part.managedProperty().bind(Bindings.isNotEmpty(part.getChildren()));
    }
    middle.setMaxSize(WORDS, Region.USE_PREF_SIZE);
    middle.setAlignment(Pos.CENTER_LEFT);
    middle.setMinWidth(0);
    HBox.setHgrow(middle, Priority.ALWAYS);
    machine = new MachineCard(texts);
    machine.setMinWidth(MACHINE);
    machine.setPrefWidth(MACHINE);
    machine.setMaxWidth(MACHINE);
    Widgets.show(machine, false);
    var both = new HBox(48, middle, machine);
    both.setAlignment(Pos.CENTER);
    getChildren().add(both);
    renew();
    lookSoon();
    setOnDragOver(
        e -> {
          if (e.getDragboard().hasFiles()) {
            e.acceptTransferModes(TransferMode.LINK);
          }
          e.consume();
        });
    setOnDragDropped(
        e ->
            e.getDragboard().getFiles().stream()
                .map(f -> f.toPath())
                .filter(Files::isDirectory)
                .findFirst()
                .ifPresent(actions::open));
  }

  /** While something is being opened. */
  public void busy(String what) {
    var turning = new ProgressIndicator();
    turning.setPrefSize(18, 18);
    news.getChildren().setAll(Widgets.row(10, turning, Widgets.label(what, "soft")));
    middle.setDisable(true);
  }

  /** A link named a folder: nothing of it is read or started before the person has agreed. */
  public void ask(Path folder) {
    var open = Widgets.button(texts.text("welcome.link.open"), () -> actions.open(folder));
    var leave =
        Widgets.button(texts.text("welcome.link.leave"), news.getChildren()::clear, "accent");
    var words =
        new VBox(
            4,
            Widgets.prose(texts.text("welcome.link"), "strong"),
            Widgets.prose(DisplayText.line(folder.toString()), "mono"),
            Widgets.prose(texts.text("welcome.link.why"), "soft"),
            Widgets.row(10, leave, open));
    var card = new HBox(10, Tone.AMBER.on(Icon.FOLDER.node()), Widgets.grow(words));
    card.getStyleClass().addAll("banner", "banner-amber");
    news.getChildren().setAll(card);
  }

  /** It could not be opened: what, why, and the next step. */
  public void failed(HiveException.Fault fault) {
    middle.setDisable(false);
    look();
    var words = new VBox(4, Widgets.prose(texts.said(fault.message()), "strong"));
    if (fault.hint() != null && !fault.hint().isBlank()) {
      words.getChildren().add(Widgets.prose(texts.said(fault.hint()), "soft"));
    }
    words.getChildren().add(Widgets.label(fault.code(), "mono", "muted"));
    var card = new HBox(10, Tone.RED.on(Icon.FAILED.node()), Widgets.grow(words));
    card.getStyleClass().addAll("banner", "banner-red");
    news.getChildren().setAll(card);
  }

  private void lookSoon() {
    var rest = new PauseTransition(REST);
    rest.setOnFinished(
        _ -> {
          if (getScene() != null && !middle.isDisabled()) {
            look();
          }
        });
    rest.play();
  }

  private void look() {
    if (!machine.isVisible() && actions.look(machine::show)) {
      Widgets.show(machine, true);
    }
  }

  /** From here to work that is merged. */
  private Node steps() {
    var steps = new VBox(10);
    for (var step : List.of("open", "agent", "task")) {
      int number = steps.getChildren().size() + 1;
      var words =
          new VBox(
              1,
              Widgets.label(texts.text("welcome.step." + step), "strong"),
              Widgets.prose(texts.text("welcome.step." + step + ".more"), "soft"));
      words.setMinWidth(0);
      steps
          .getChildren()
          .add(Widgets.row(12, Widgets.key(String.valueOf(number)), Widgets.grow(words)));
    }
    return steps;
  }

  private void choose() {
    dialogs.chooseFolder(texts.text("action.open")).ifPresent(actions::open);
  }

  private void renew() {
    recent.getChildren().clear();
    var folders = actions.recent();
    if (folders.isEmpty()) {
      return;
    }
    recent.getChildren().add(Widgets.label(texts.text("welcome.recent"), "rail-heading"));
    for (var folder : folders.stream().limit(6).toList()) {
      var path = Path.of(folder);
      var name = Widgets.label(String.valueOf(path.getFileName()), "strong");
      name.setMinWidth(USE_PREF_SIZE);
      var there = Files.isDirectory(path);
      var where = Widgets.label(there ? folder : texts.text("welcome.gone", folder), "muted");
      var button = Widgets.button(null, () -> actions.open(path), "recent");
      button.setGraphic(Widgets.row(10, Icon.FOLDER.node(), name, where));
      button.setAccessibleText(texts.text("welcome.recent.open", folder));
      button.setMinWidth(0);
      button.setDisable(!there);
      var forget =
          Widgets.icon(
              Icon.CLOSE,
              texts.text("welcome.forget", String.valueOf(path.getFileName())),
              () -> {
                actions.forget(folder);
                renew();
              },
              "flat");
      recent.getChildren().add(Widgets.row(4, Widgets.grow(button), forget));
    }
  }
}
