package dev.hivedeck.ui.view.agent;

import dev.hivedeck.engine.protocol.Discovery.Cli;
import dev.hivedeck.engine.protocol.Discovery.CliState;
import dev.hivedeck.engine.protocol.Discovery.SignIn;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.Comparator;
import java.util.List;
import javafx.scene.Node;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** The command line agents of this machine, the ready ones first, each with what it lacks. */
final class CliCards extends GridPane {
  private static final int COLUMNS = 3;

  private final ScreenContext context;
  private final Texts texts;

  CliCards(ScreenContext context) {
    super(10, 8);
    this.context = context;
    this.texts = context.texts();
    for (int i = 0; i < COLUMNS; i++) {
      var column = new ColumnConstraints();
      column.setPercentWidth(100.0 / COLUMNS);
      getColumnConstraints().add(column);
    }
  }

  void show(List<Cli> clis) {
    getChildren().clear();
    var sorted = clis.stream().sorted(Comparator.comparing(Cli::state)).toList();
    for (int i = 0; i < sorted.size(); i++) {
      add(card(sorted.get(i)), i % COLUMNS, i / COLUMNS);
    }
  }

  private Node card(Cli cli) {
    var name = Widgets.label(cli.name(), "strong");
    name.setMinWidth(Region.USE_PREF_SIZE);
    var state = tone(cli.state()).on(Widgets.label(texts.word("cli.state", cli.state())));
    state.setMinWidth(Region.USE_PREF_SIZE);
    var head =
        Widgets.row(
            8,
            Widgets.dot(tone(cli.state())),
            name,
            Widgets.label(cli.version() == null ? "" : cli.version(), "mono", "muted"),
            Widgets.spacer(),
            state);
    var words = Widgets.label(words(cli), "muted");
    var line = Widgets.row(6, Widgets.grow(words));
    if (cli.remedy() != null) {
      line.getChildren()
          .add(
              Widgets.icon(
                  Icon.COPY,
                  texts.text("find.copy", cli.name()),
                  () -> copy(cli.remedy()),
                  "flat"));
    }
    var card = new VBox(2, head, line);
    card.getStyleClass().add("cli-card");
    card.setAccessibleText(
        cli.name() + ", " + texts.word("cli.state", cli.state()) + ", " + words(cli));
    return card;
  }

  /** What to do, or else how it is run and signed in. */
  private String words(Cli cli) {
    if (cli.remedy() != null) {
      return cli.remedy();
    }
    String signIn =
        cli.signIn() == SignIn.YES
            ? texts.text("cli.signed", cli.evidence())
            : texts.text("cli.unknown");
    return texts.text("cli.driver", cli.driver()) + " · " + signIn;
  }

  private static Tone tone(CliState state) {
    return switch (state) {
      case READY -> Tone.GREEN;
      case SIGNED_OUT, OUTDATED -> Tone.AMBER;
      case BROKEN -> Tone.RED;
      case MISSING -> Tone.NEUTRAL;
    };
  }

  private void copy(String remedy) {
    var content = new ClipboardContent();
    // "Install it: npm …" is for reading, what follows the colon for pasting.
    content.putString(
        remedy.substring(remedy.lastIndexOf(": ") < 0 ? 0 : remedy.lastIndexOf(": ") + 2));
    Clipboard.getSystemClipboard().setContent(content);
    context.notices().say(texts.text("find.copied"));
  }
}
