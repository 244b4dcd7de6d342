package dev.hivedeck.ui.view.slo.form;

import dev.hivedeck.engine.protocol.view.ReplayViews;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import javafx.scene.control.Label;
import javafx.scene.layout.VBox;

/** What an objective would have done in the past, in words. */
final class PastPreview extends VBox {
  private final Texts texts;
  private final Label would = Widgets.prose("");
  private final Label more = Widgets.prose("", "soft");

  PastPreview(Texts texts) {
    super(4);
    this.texts = texts;
    getStyleClass().add("sunken");
    getChildren().setAll(Widgets.label(texts.text("slo.form.past"), "strong"), would, more);
  }

  /** Says why nothing can be said. */
  void say(String why) {
    would.setText(why);
    Widgets.show(more, false);
  }

  void show(ReplayViews.Replay replay) {
    var then = replay.then();
    would.setText(
        replay.known() == null
            ? texts.text("slo.form.unknown")
            : texts.text(
                "slo.form.would",
                then.pages(),
                then.tickets(),
                then.left() == null ? texts.text("slo.unknown") : texts.percent(then.left())));
    var lines = new ArrayList<String>();
    var now = replay.now();
    if (now != null) {
      lines.add(texts.text("slo.form.now", now.target(), now.pages(), now.tickets()));
    }
    if (replay.known() != null && replay.known().isAfter(replay.from())) {
      lines.add(texts.text("slo.form.since", texts.minute(replay.known())));
    }
    more.setText(String.join(" ", lines));
    Widgets.show(more, !lines.isEmpty());
  }
}
