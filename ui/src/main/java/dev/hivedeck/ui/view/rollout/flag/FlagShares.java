package dev.hivedeck.ui.view.rollout.flag;

import dev.hivedeck.engine.protocol.flag.FlagCommand;
import dev.hivedeck.engine.protocol.flag.FlagViews.Flag;
import dev.hivedeck.engine.protocol.flag.FlagViews.FlagVariant;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.List;
import javafx.animation.PauseTransition;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.geometry.HPos;
import javafx.scene.control.Label;
import javafx.scene.control.Slider;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import javafx.util.Duration;

/**
 * What a flag can be, and how many keys get each: drag a share, see the command, take it back. It
 * is sent once it is let go of, or a moment after the last key.
 */
final class FlagShares extends VBox {
  private static final double MOST = 100;

  private final ScreenContext context;
  private final Texts texts;
  private final FlagWords words;
  private final GridPane table = new GridPane(10, 6);
  private final Label command = Widgets.label("", "mono", "muted");
  private final SimpleBooleanProperty off = new SimpleBooleanProperty();
  private final List<Row> rows = new ArrayList<>();
  private Flag flag;
  private List<String> shape = List.of();

  FlagShares(ScreenContext context, FlagWords words) {
    super(6);
    this.context = context;
    this.texts = context.texts();
    this.words = words;
    getStyleClass().add("weight-slider");
    table
        .getColumnConstraints()
        .setAll(
            column(60, 110, Priority.SOMETIMES, HPos.LEFT),
            column(60, 160, Priority.ALWAYS, HPos.LEFT),
            column(58, 58, Priority.NEVER, HPos.RIGHT),
            column(66, 66, Priority.NEVER, HPos.RIGHT),
            column(54, 54, Priority.NEVER, HPos.RIGHT));
    Widgets.show(command, false);
    getChildren().setAll(table, command);
  }

  private static ColumnConstraints column(double least, double usual, Priority grow, HPos side) {
    var column = new ColumnConstraints(least, usual, Double.MAX_VALUE);
    column.setHgrow(grow);
    column.setHalignment(side);
    return column;
  }

  void show(Flag now) {
    boolean other = flag == null || !flag.id().equals(now.id());
    flag = now;
    off.set(now.rollout() != null);
    var wanted = now.variants().stream().map(FlagVariant::name).toList();
    if (other || !wanted.equals(shape)) {
      shape = wanted;
      lay();
    }
    for (int i = 0; i < rows.size(); i++) {
      rows.get(i).show(now.variants().get(i));
    }
  }

  private void lay() {
    rows.forEach(Row::drop);
    rows.clear();
    table.getChildren().clear();
    Widgets.show(command, false);
    int column = 0;
    for (var head : List.of("variant", "share", "percent", "reported", "failed")) {
      table.add(Widgets.label(texts.text("flags.col." + head), "muted"), column++, 0);
    }
    for (var variant : flag.variants()) {
      var row = new Row(variant.name(), variant.name().equals(flag.standard()));
      rows.add(row);
      row.add(rows.size());
    }
  }

  /** One variant. The default has what the others leave. */
  private final class Row {
    private final String variant;
    private final boolean standard;
    private final Label name = Widgets.label("", "strong");
    private final Label value = Widgets.label("", "muted", "small");
    private final Slider slider = new Slider(0, MOST, 0);
    private final Label percent = Widgets.label("", "mono", "strong");
    private final Label reported = Widgets.label("", "mono");
    private final Label failed = Widgets.label("", "mono");
    private final PauseTransition pause = new PauseTransition(Duration.millis(400));
    private double weight;
    private boolean quiet;
    private boolean moved;

    Row(String variant, boolean standard) {
      this.variant = variant;
      this.standard = standard;
      slider.setBlockIncrement(1);
      slider.setMinWidth(50);
      slider.setAccessibleText(texts.text("flags.share.of", DisplayText.line(variant)));
      slider.valueProperty().subscribe((_, now) -> moved());
      slider.valueChangingProperty().subscribe((_, changing) -> changing(changing));
      context.act(slider, off);
      pause.setOnFinished(_ -> send());
    }

    void add(int line) {
      var said = new VBox(name, value);
      said.setMinWidth(0);
      table.addRow(
          line,
          said,
          standard ? Widgets.label(texts.text("flags.rest"), "muted") : slider,
          percent,
          reported,
          failed);
    }

    void drop() {
      pause.stop();
      moved = false;
    }

    void show(FlagVariant now) {
      weight = now.weight();
      name.setText(DisplayText.line(variant));
      value.setText(
          standard
              ? texts.text("flags.standard", DisplayText.line(FlagWords.value(now.value())))
              : DisplayText.line(FlagWords.value(now.value())));
      reported.setText(texts.count(now.reported()));
      failed.setText(texts.count(now.failed()));
      if (!moved) {
        set(weight);
      }
      tell();
    }

    private void set(double percents) {
      quiet = true;
      slider.setValue(percents);
      quiet = false;
    }

    private double rounded() {
      return Math.round(slider.getValue());
    }

    private void tell() {
      percent.setText(words.percent(moved ? rounded() : weight));
    }

    private void moved() {
      if (quiet) {
        return;
      }
      moved = true;
      tell();
      command.setText(
          DisplayText.line(
              "hivedeck flag set "
                  + flag.id()
                  + " "
                  + (long) rounded()
                  + "% --variant "
                  + variant));
      Widgets.show(command, true);
      if (!slider.isValueChanging()) {
        pause.playFromStart();
      }
    }

    private void changing(boolean changing) {
      if (changing) {
        pause.stop();
      } else if (moved) {
        pause.playFromStart();
      }
    }

    private void send() {
      if (!moved) {
        return;
      }
      double was = weight;
      double wanted = rounded();
      var key = flag.id();
      moved = false;
      Widgets.show(command, false);
      if (was == wanted) {
        tell();
        return;
      }
      context
          .steering()
          .execute(new FlagCommand.SetFlag(key, wanted, variant))
          .whenComplete(
              (_, failure) -> {
                if (failure != null) {
                  if (!moved) {
                    set(weight); // refused: it stays what it is
                    tell();
                  }
                  return;
                }
                context
                    .notices()
                    .done(
                        texts.text(
                            "flags.set.done",
                            DisplayText.line(variant),
                            DisplayText.line(key),
                            words.percent(wanted)),
                        () ->
                            context.steering().execute(new FlagCommand.SetFlag(key, was, variant)));
              });
    }
  }
}
