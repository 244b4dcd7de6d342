package dev.hivedeck.ui.view.welcome;

import dev.hivedeck.engine.protocol.Discovery.Cli;
import dev.hivedeck.engine.protocol.Discovery.CliState;
import dev.hivedeck.engine.protocol.Discovery.SignIn;
import dev.hivedeck.ui.shell.settings.Drafts;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import javafx.animation.PauseTransition;
import javafx.scene.Node;
import javafx.scene.control.RadioButton;
import javafx.scene.control.TextField;
import javafx.scene.control.ToggleGroup;
import javafx.scene.layout.VBox;
import javafx.util.Duration;

/** Who is to work here: an agent of this machine, or a command of the person's own. */
final class AgentChoice extends VBox {
  /** Whoever types is not asked after each letter. */
  private static final Duration REST = Duration.millis(400);

  private static final String AGENT = "first agent";
  private static final String COMMAND = "first command";

  /** Hears who is chosen. */
  interface Chosen {
    /**
     * @param agent null where a command is
     * @param run null where an agent is
     */
    void propose(String agent, String run);
  }

  private final Texts texts;
  private final Drafts drafts;
  private final Chosen chosen;
  private final ToggleGroup group = new ToggleGroup();
  private final VBox list = new VBox(8);
  private final TextField command = new TextField();
  private final RadioButton own;

  /**
   * @param drafts keeps who was chosen, also beyond the end of the program
   */
  AgentChoice(Texts texts, Drafts drafts, Chosen chosen) {
    super(8);
    this.texts = texts;
    this.drafts = drafts;
    this.chosen = chosen;
    own = new RadioButton(texts.text("first.agents.own"));
    own.setToggleGroup(group);
    command.setPromptText("./my-agent");
    command.setAccessibleText(texts.text("first.agents.command"));
    command.getStyleClass().add("mono");
    var rest = new PauseTransition(REST);
    rest.setOnFinished(_ -> proposeOwn());
    command
        .textProperty()
        .addListener(
            (_, _, written) -> {
              drafts.put(COMMAND, written);
              group.selectToggle(own);
              rest.playFromStart();
            });
    own.setOnAction(
        _ -> {
          drafts.put(AGENT, "");
          command.requestFocus();
          proposeOwn();
        });
    list.getChildren().add(Widgets.label(texts.text("setup.looking"), "soft"));
    getChildren().addAll(list, own, command);
  }

  private void proposeOwn() {
    if (getScene() != null && own.isSelected() && !command.getText().isBlank()) {
      drafts.put(AGENT, "");
      chosen.propose(null, command.getText().strip());
    }
  }

  /** Those that are installed; chosen is who was before, else the first that is ready. */
  void show(List<Cli> clis) {
    var before = drafts.text(AGENT);
    list.getChildren().clear();
    var there =
        clis.stream()
            .filter(c -> c.state() != CliState.MISSING)
            .sorted(Comparator.comparing(Cli::rank))
            .toList();
    for (var cli : there) {
      var button = new RadioButton(cli.name());
      button.setToggleGroup(group);
      button.setOnAction(
          _ -> {
            drafts.put(AGENT, cli.id());
            chosen.propose(cli.id(), null);
          });
      if (cli.id().equals(before)) {
        button.fire();
      }
      button.setAccessibleText(cli.name() + ", " + said(cli));
      Node state = tone(cli).on(Widgets.label(said(cli)));
      list.getChildren()
          .add(
              new VBox(
                  1,
                  Widgets.row(
                      8,
                      button,
                      Widgets.label(
                          Objects.requireNonNullElse(cli.version(), ""), "mono", "muted")),
                  state));
    }
    if (there.isEmpty()) {
      list.getChildren().add(Widgets.prose(texts.text("first.agents.none"), "soft"));
      own.setSelected(true);
      command.setText(drafts.text(COMMAND));
    } else if (group.getSelectedToggle() == null && !drafts.text(COMMAND).isBlank()) {
      command.setText(drafts.text(COMMAND));
    } else if (group.getSelectedToggle() == null) {
      group.selectToggle(group.getToggles().get(1)); // The own command is the first of them.
    }
    String missing =
        clis.stream()
            .filter(c -> c.state() == CliState.MISSING)
            .map(Cli::name)
            .collect(Collectors.joining(", "));
    if (!missing.isEmpty()) {
      list.getChildren().add(Widgets.prose(texts.text("first.agents.missing", missing), "muted"));
    }
  }

  /** It is written down now. */
  void done() {
    drafts.put(AGENT, "");
    drafts.put(COMMAND, "");
  }

  private String said(Cli cli) {
    return cli.remedy() != null
        ? texts.said(cli.remedy())
        : texts.text(cli.signIn() == SignIn.YES ? "first.agents.signed" : "first.agents.ready");
  }

  private static Tone tone(Cli cli) {
    return cli.state() == CliState.READY ? Tone.GREEN : Tone.AMBER;
  }
}
