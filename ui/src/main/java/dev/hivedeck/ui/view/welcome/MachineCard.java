package dev.hivedeck.ui.view.welcome;

import dev.hivedeck.engine.protocol.Discovery.Cli;
import dev.hivedeck.engine.protocol.Discovery.CliState;
import dev.hivedeck.engine.protocol.Discovery.SignIn;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.Comparator;
import java.util.Objects;
import javafx.scene.Node;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** What was found on this machine, and for each thing that is missing what to do. */
final class MachineCard extends VBox {
  private static final double HEIGHT = 560;

  private final Texts texts;
  private final VBox rows = new VBox(10);

  MachineCard(Texts texts) {
    this.texts = texts;
    var card = Widgets.card(Widgets.label(texts.text("welcome.machine"), "card-title"));
    rows.getChildren().add(Widgets.label(texts.text("setup.looking"), "soft"));
    var scroll = Widgets.scroll(rows);
    scroll.setFitToHeight(false);
    scroll.setAccessibleText(texts.text("welcome.machine"));
    scroll.setMinHeight(0);
    rows.heightProperty()
        .subscribe(h -> scroll.setPrefViewportHeight(Math.min(h.doubleValue() + 2, HEIGHT)));
    VBox.setVgrow(scroll, Priority.ALWAYS);
    card.getChildren().add(scroll);
    card.setMinHeight(0);
    VBox.setVgrow(card, Priority.ALWAYS);
    setMaxHeight(USE_PREF_SIZE);
    getChildren().add(card);
  }

  void show(MachineFindings found) {
    rows.getChildren().clear();
    boolean git = found.git() != null;
    rows.getChildren()
        .add(
            row(
                "git",
                found.git(),
                texts.text(git ? "welcome.machine.there" : "welcome.machine.missing"),
                git ? Tone.GREEN : Tone.RED,
                found.gitRemedy()));
    var clis = found.clis().stream().sorted(Comparator.comparing(Cli::state)).toList();
    if (clis.stream().allMatch(c -> c.state() == CliState.MISSING)) {
      rows.getChildren().add(Widgets.prose(texts.text("welcome.machine.none"), "soft"));
    }
    clis.forEach(
        cli ->
            rows.getChildren()
                .add(row(cli.name(), cli.version(), said(cli), tone(cli), cli.remedy())));
  }

  private String said(Cli cli) {
    if (cli.state() != CliState.READY) {
      return texts.word("cli.state", cli.state());
    }
    return texts.text(cli.signIn() == SignIn.YES ? "first.agents.signed" : "first.agents.ready");
  }

  private static Tone tone(Cli cli) {
    return switch (cli.state()) {
      case READY -> Tone.GREEN;
      case SIGNED_OUT, OUTDATED, BROKEN -> Tone.AMBER;
      case MISSING -> Tone.NEUTRAL;
    };
  }

  /**
   * @param remedy null where there is nothing to do
   */
  private Node row(String name, String version, String said, Tone tone, String remedy) {
    var title = Widgets.label(name, "strong");
    title.setMinWidth(Region.USE_PREF_SIZE);
    var state = tone.on(Widgets.word(said));
    var head =
        Widgets.row(
            8,
            Widgets.dot(tone),
            title,
            Widgets.grow(
                Widgets.label(
                    Printable.line(Objects.requireNonNullElse(version, "")), "mono", "muted")),
            state);
    var row = new VBox(2, head);
    if (remedy != null) {
      var words = Widgets.prose(texts.said(remedy), "soft");
      words.setMinWidth(0);
      var copy =
          Widgets.icon(
              Icon.COPY,
              texts.text("find.copy", name),
              // "Install it: npm …" is for reading, what follows the colon for pasting.
              () -> Widgets.toClipboard(remedy.substring(remedy.lastIndexOf(": ") + 1).strip()),
              "flat");
      row.getChildren().add(Widgets.row(6, Widgets.grow(words), copy));
    }
    return row;
  }
}
