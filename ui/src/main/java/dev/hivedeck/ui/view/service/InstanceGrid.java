package dev.hivedeck.ui.view.service;

import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceInstance;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javafx.scene.control.Label;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;

/** The instances of a service, one a line. */
final class InstanceGrid extends GridPane {
  private final ScreenContext context;
  private final Texts texts;
  private final LiveFigures figures;
  private final Consumer<String> toLog;
  private final List<Label> took = new ArrayList<>();
  private String of = "";
  private List<ServiceInstance> instances = List.of();

  /**
   * @param toLog hears whose log is wanted
   */
  InstanceGrid(ScreenContext context, LiveFigures figures, Consumer<String> toLog) {
    super(12, 6);
    this.context = context;
    this.texts = context.texts();
    this.figures = figures;
    this.toLog = toLog;
    getColumnConstraints()
        .setAll(
            column(56, 110, Priority.ALWAYS), column(44, 72, Priority.SOMETIMES), fixed(), fixed());
  }

  /** A column that gives way, in px of usual text, to one that does not. */
  private static ColumnConstraints column(double least, double usual, Priority grow) {
    var column = new ColumnConstraints(least, usual, Double.MAX_VALUE);
    column.setHgrow(grow);
    return column;
  }

  private static ColumnConstraints fixed() {
    var column = new ColumnConstraints();
    column.setMinWidth(Region.USE_PREF_SIZE);
    return column;
  }

  /**
   * Shows those of this service. A link that is pressed is not replaced while they are the same.
   */
  void show(Service service) {
    if (!service.instances().equals(instances) || !service.id().equals(of)) {
      of = service.id();
      instances = service.instances();
      rebuild();
    }
    for (int i = 0; i < took.size(); i++) {
      took.get(i).setText(took(instances.get(i)));
    }
  }

  private void rebuild() {
    getChildren().clear();
    took.clear();
    head("services.name", 0);
    head("services.col.version", 1);
    head("services.port", 2);
    head("services.col.check", 3);
    int row = 1;
    for (var i : instances) {
      line(i, row++);
    }
  }

  private void head(String key, int column) {
    add(Widgets.label(texts.text(key), "muted"), column, 0);
  }

  private void line(ServiceInstance i, int row) {
    var name = Widgets.link(DisplayText.text(i.name()), () -> toLog.accept(i.name()));
    ServiceTable.tone(i.state()).on(name);
    Widgets.tip(
        name,
        DisplayText.text(i.name())
            + (i.pid() == null ? "" : ", " + texts.text("services.pid", String.valueOf(i.pid())))
            + ", "
            + texts.word("services.state", i.state())
            + (i.why().isEmpty() ? "" : ": " + texts.part(DisplayText.text(i.why()))));
    var address = i.host() + ":" + i.port();
    var port =
        i.port() == 0
            ? Widgets.label("–", "mono")
            : Widgets.link(String.valueOf(i.port()), () -> copy(address), "mono");
    var check = Widgets.label("", "mono");
    took.add(check);
    addRow(row, name, Widgets.label(DisplayText.text(i.version()), "mono"), port, check);
  }

  private String took(ServiceInstance i) {
    return figures
        .of(of, i.name())
        .filter(f -> f.millis() != null)
        .map(f -> LiveFigures.words(context, f.millis()))
        .orElse("–");
  }

  private void copy(String address) {
    Widgets.toClipboard(address);
    context.notices().say(texts.text("page.copied", address));
  }
}
