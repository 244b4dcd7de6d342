package dev.hivedeck.ui.view.change;

import dev.hivedeck.engine.protocol.view.GateViews.Finding;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.GateViews.Outcome;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.Widgets;
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
  private final ScreenContext context;
  private final ObjIntConsumer<String> look;
  private List<GateResult> shown;

  /**
   * @param look shows a line of a file
   */
  ChangeGates(ScreenContext context, ObjIntConsumer<String> look) {
    this.context = context;
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
              EmptyState.empty(
                  Icon.CHECK,
                  context.texts().text("change.gates.none"),
                  context.texts().text("change.gates.none.more")));
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
    var icon = Tone.of(gate.outcome()).on(icon(gate.outcome()).node());
    var name = Widgets.label(gate.gate(), "strong");
    name.setMinWidth(Region.USE_PREF_SIZE);
    var where = Widgets.tag(context.texts().text("change.gates.at." + gate.checkpoint()));
    var took =
        Widgets.label(
            context.texts().span(Duration.ofMillis((long) (1e3 * gate.seconds()))), "muted");
    took.setMinWidth(Region.USE_PREF_SIZE);
    var words = gate.summary() == null ? "" : context.texts().said(gate.summary());
    var summary = Widgets.grow(Widgets.label(words, "soft"));
    var row = Widgets.row(10, icon, name, where, summary, took);
    row.setAccessibleText(
        gate.gate() + ", " + context.texts().word("outcome", gate.outcome()) + ", " + words);
    var box = new VBox(4, row);
    box.getStyleClass().add("list-line");
    for (Finding f : gate.findings()) {
      box.getChildren().add(finding(f, f.age() == null ? "" : f.age().word()));
    }
    for (Finding f : gate.fixed()) {
      box.getChildren().add(finding(f, "fixed"));
    }
    return box;
  }

  /**
   * @param age the word for it; empty where nothing came before
   */
  private Node finding(Finding f, String age) {
    var message = Widgets.grow(Widgets.prose(context.texts().said(f.message())));
    message.setMinWidth(0);
    if (f.file() == null) {
      return indented(Widgets.row(8, message));
    }
    var place =
        Widgets.link(
            f.line() > 0 ? f.file() + ":" + f.line() : f.file(),
            () -> look.accept(f.file(), f.line()),
            "mono");
    var head = Widgets.row(8, place);
    if (!age.isEmpty()) {
      head.getChildren().add(Widgets.tag(context.texts().text("change.gates.age." + age)));
    }
    return indented(new VBox(1, head, message));
  }

  private static Region indented(Region region) {
    region.getStyleClass().add("finding");
    return region;
  }

  private static Icon icon(Outcome outcome) {
    return switch (outcome) {
      case PASSED -> Icon.CHECK;
      case WARNED -> Icon.WARNED;
      case FAILED -> Icon.CLOSE;
    };
  }
}
