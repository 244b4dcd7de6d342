package dev.hivedeck.ui.shell.frame;

import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import javafx.scene.control.Button;
import javafx.scene.layout.Region;

/** A rounded button with a dot that says a state. */
final class Pill extends Button {
  private final Region dot = Widgets.dot(Tone.NEUTRAL);
  private String said = "";
  private boolean brief;

  Pill(Runnable action) {
    getStyleClass().add("pill");
    setGraphic(dot);
    setMinWidth(Region.USE_PREF_SIZE);
    setOnAction(_ -> action.run());
  }

  /** With little room only the number stays; where there is none, only the dot. */
  void brief(boolean wanted) {
    brief = wanted;
    setText(shown());
  }

  private String shown() {
    return brief ? said.replaceAll("[^0-9]", "") : said;
  }

  void show(Tone tone, String text, String more) {
    tone.on(dot);
    said = text;
    if (!shown().equals(getText())) {
      setText(shown());
    }
    Widgets.tip(this, more);
    setAccessibleText(text + ". " + more);
  }
}
