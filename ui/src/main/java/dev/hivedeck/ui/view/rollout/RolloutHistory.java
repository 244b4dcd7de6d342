package dev.hivedeck.ui.view.rollout;

import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** Rollouts that are over, the newest first; each opens as it ended. */
final class RolloutHistory extends VBox {
  private static final int MOST = 100;

  private final Texts texts;
  private final Consumer<String> open;
  private final Label count = Widgets.label("", "muted");
  private final VBox lines = new VBox(6);
  private List<Rollout> shown = List.of();

  /**
   * @param open hears the id of the one that is wanted
   */
  RolloutHistory(ScreenContext context, Consumer<String> open) {
    super(8);
    this.texts = context.texts();
    this.open = open;
    getStyleClass().add("card");
    setMinWidth(0);
    var scroll = Widgets.scroll(lines);
    scroll.setMinHeight(60);
    VBox.setVgrow(scroll, Priority.ALWAYS);
    getChildren()
        .setAll(
            Widgets.row(
                8,
                Widgets.label(texts.text("rollout.history"), "card-title"),
                Widgets.spacer(),
                count),
            scroll);
  }

  void show(List<Rollout> over) {
    if (over.equals(shown) && !lines.getChildren().isEmpty()) {
      return;
    }
    shown = over;
    count.setText(over.isEmpty() ? "" : texts.count(over.size()));
    var made = new ArrayList<Node>();
    over.stream().limit(MOST).forEach(r -> made.add(line(r)));
    if (made.isEmpty()) {
      made.add(Widgets.prose(texts.text("rollout.history.none"), "muted"));
    }
    lines.getChildren().setAll(made);
  }

  private Node line(Rollout r) {
    var tone = RolloutWords.tone(r, null);
    var state =
        Widgets.row(
            4,
            tone.on(RolloutWords.icon(r, null).node()),
            tone.on(Widgets.label(texts.word("rollout.state", r.state()))));
    state.setMinWidth(USE_PREF_SIZE);
    var name =
        Widgets.link(
            new RolloutWords(texts).subject(r.service()) + " · " + DisplayText.line(r.canary()),
            () -> open.accept(r.id()));
    var id = Widgets.label(r.id(), "mono", "muted");
    id.setMinWidth(USE_PREF_SIZE);
    var took = r.endedAt() == null ? "" : texts.span(Duration.between(r.startedAt(), r.endedAt()));
    var more =
        Widgets.label(
            r.why().isEmpty() ? took : texts.part(DisplayText.line(r.why())) + " · " + took,
            "soft");
    var said = new VBox(1, Widgets.row(6, name, Widgets.spacer(), state), more);
    said.setMinWidth(0);
    HBox.setHgrow(said, Priority.ALWAYS);
    return new HBox(8, id, said);
  }
}
