package dev.hivedeck.ui.view.change;

import dev.hivedeck.engine.protocol.Views.Finding;
import dev.hivedeck.engine.protocol.Views.GateResult;
import dev.hivedeck.ui.shell.Desk;
import dev.hivedeck.ui.shell.part.Parts;
import dev.hivedeck.ui.shell.part.Placard;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import java.time.Duration;
import java.util.List;
import java.util.function.ObjIntConsumer;
import javafx.scene.Node;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/** What each gate said, with the places that it found fault with. */
final class ChangeGates extends StackPane {
  private final Desk desk;
  private final ObjIntConsumer<String> look;
  private List<GateResult> shown;

  /**
   * @param look shows a line of a file
   */
  ChangeGates(Desk desk, ObjIntConsumer<String> look) {
    this.desk = desk;
    this.look = look;
  }

  void show(List<GateResult> gates) {
    if (gates.equals(shown)) {
      return;
    }
    shown = gates;
    if (gates.isEmpty()) {
      getChildren()
          .setAll(
              Placard.empty(
                  Icon.CHECK,
                  desk.texts().text("change.gates.none"),
                  desk.texts().text("change.gates.none.more")));
      return;
    }
    var box = new VBox();
    gates.forEach(g -> box.getChildren().add(gate(g)));
    var scroll = new ScrollPane(box);
    scroll.setFitToWidth(true);
    scroll.getStyleClass().add("plain-scroll");
    getChildren().setAll(scroll);
  }

  private VBox gate(GateResult gate) {
    var icon = Tone.of(gate.outcome()).on(ChangesScreen.icon(gate.outcome()).node());
    var name = Parts.label(gate.gate(), "strong");
    name.setMinWidth(Region.USE_PREF_SIZE);
    var where = Parts.tag(desk.texts().text("change.gates.at." + gate.checkpoint()));
    var took =
        Parts.label(desk.texts().span(Duration.ofMillis((long) (1e3 * gate.seconds()))), "muted");
    took.setMinWidth(Region.USE_PREF_SIZE);
    var words = gate.summary() == null ? "" : desk.texts().said(gate.summary());
    var summary = Parts.grow(Parts.label(words, "soft"));
    var row = Parts.row(10, icon, name, where, summary, took);
    row.setAccessibleText(
        gate.gate() + ", " + desk.texts().word("outcome", gate.outcome()) + ", " + words);
    var box = new VBox(4, row);
    box.getStyleClass().add("list-line");
    for (Finding f : gate.findings()) {
      box.getChildren().add(finding(f));
    }
    return box;
  }

  private Node finding(Finding f) {
    var message = Parts.grow(Parts.prose(desk.texts().said(f.message())));
    message.setMinWidth(0);
    if (f.file() == null) {
      return indented(Parts.row(8, message));
    }
    var place =
        Parts.link(
            f.line() > 0 ? f.file() + ":" + f.line() : f.file(),
            () -> look.accept(f.file(), f.line()),
            "mono");
    return indented(new VBox(1, place, message));
  }

  private static Region indented(Region region) {
    region.getStyleClass().add("finding");
    return region;
  }
}
