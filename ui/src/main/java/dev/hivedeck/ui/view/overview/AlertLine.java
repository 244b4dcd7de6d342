package dev.hivedeck.ui.view.overview;

import dev.hivedeck.ui.shell.Navigator;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.notice.AlertCounts;
import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.layout.HBox;
import javafx.util.Subscription;
import org.kordamp.ikonli.javafx.FontIcon;

/** How many alerts fire, and what the first of them says; not there while there is none. */
final class AlertLine extends HBox {
  private final ScreenContext context;
  private final FontIcon icon = Icon.ALERT.node();
  private final Button words;

  AlertLine(ScreenContext context) {
    super(8);
    this.context = context;
    words =
        Widgets.link("", () -> context.go().to(ScreenId.SLOS, Navigator.ALERTS), "question-link");
    setAlignment(Pos.CENTER_LEFT);
    setMinHeight(USE_PREF_SIZE);
    getChildren().setAll(icon, words);
    Widgets.show(this, false);
  }

  /** Keeps itself up to date until it is let go of. */
  Subscription watch() {
    return context.live().alerts().watch(this::renew);
  }

  private void renew() {
    var counts = AlertCounts.of(context.live());
    var texts = context.texts();
    var text = counts.words(texts);
    Widgets.show(this, !text.isEmpty());
    (counts.firing().isEmpty() ? Tone.AMBER : Tone.RED).on(icon);
    if (!counts.firing().isEmpty()) {
      var first = counts.firing().getFirst();
      text += ": " + texts.said(first.texts().getOrDefault("summary", first.objective()));
    }
    if (!text.equals(words.getText())) {
      words.setText(DisplayText.line(text));
      words.setAccessibleText(words.getText());
    }
  }
}
