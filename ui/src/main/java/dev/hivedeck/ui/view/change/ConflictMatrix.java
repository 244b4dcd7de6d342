package dev.hivedeck.ui.view.change;

import dev.hivedeck.engine.protocol.merge.MergeRegistration;
import dev.hivedeck.engine.protocol.merge.MergeViews.Encounter;
import dev.hivedeck.engine.protocol.merge.MergeViews.Forecast;
import dev.hivedeck.engine.protocol.merge.MergeViews.Meeting;
import dev.hivedeck.ui.live.EntityStore;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javafx.geometry.HPos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** Which open changes will conflict with main or with each other, pair by pair. */
final class ConflictMatrix extends VBox {
  /** More changes than this are not shown; the list of each change names all that it meets. */
  private static final int SHOWN = 8;

  private final Texts texts;
  private final Consumer<String> choose;
  private final EntityStore<Forecast> forecasts;
  private final GridPane grid = new GridPane(3, 3);
  private List<Forecast> shown = List.of();

  /**
   * @param choose shows a change, by its id
   */
  ConflictMatrix(ScreenContext context, Consumer<String> choose) {
    super(8);
    this.texts = context.texts();
    this.choose = choose;
    this.forecasts = context.live().things(MergeRegistration.FORECAST, Forecast.class);
    getStyleClass().add("why");
    getChildren()
        .setAll(
            Widgets.label(texts.text("forecast.title"), "card-title"),
            grid,
            Widgets.flow(
                14,
                2,
                legend(Meeting.CONFLICT),
                legend(Meeting.OVERLAP),
                legend(Meeting.STACKED),
                Widgets.label(texts.text("forecast.clean"), "muted")));
    renew();
  }

  /** Follows it while its screen is looked at. */
  Subscription watch(Runnable changed) {
    return forecasts.watch(
        () -> {
          renew();
          changed.run();
        });
  }

  boolean isEmpty() {
    return shown.isEmpty();
  }

  private void renew() {
    var now =
        forecasts.all().stream()
            .filter(f -> !f.encounters().isEmpty())
            .sorted(Comparator.comparingInt(ConflictMatrix::weight).reversed())
            .limit(SHOWN)
            .toList();
    if (now.equals(shown)) {
      return; // A cell that is pressed must not be replaced meanwhile.
    }
    shown = now;
    grid.getChildren().clear();
    boolean main = shown.stream().anyMatch(f -> met(f, Forecast.MAIN).isPresent());
    int first = main ? 1 : 0;
    if (main) {
      grid.add(head(Forecast.MAIN), 1, 0);
    }
    for (int column = 0; column < shown.size() - 1; column++) {
      grid.add(head("#" + number(shown.get(column))), 1 + first + column, 0);
    }
    for (int row = 0; row < shown.size(); row++) {
      var change = shown.get(row);
      grid.add(head("#" + number(change)), 0, 1 + row);
      if (main) {
        grid.add(cell(change, Forecast.MAIN), 1, 1 + row);
      }
      for (int column = 0; column < row; column++) {
        grid.add(cell(change, shown.get(column).id()), 1 + first + column, 1 + row);
      }
    }
  }

  /** Who has most conflicts stands first. */
  private static int weight(Forecast forecast) {
    return forecast.encounters().stream()
        .mapToInt(
            e ->
                switch (e.meeting()) {
                  case CONFLICT -> 100;
                  case OVERLAP -> 2;
                  case STACKED -> 1;
                })
        .sum();
  }

  private static String number(Forecast forecast) {
    return forecast.id().substring(2);
  }

  private static Optional<Encounter> met(Forecast forecast, String with) {
    return forecast.encounters().stream().filter(e -> e.with().equals(with)).findFirst();
  }

  private static Node head(String text) {
    var label = Widgets.label(text, "mono", "soft");
    label.setMinWidth(Region.USE_PREF_SIZE);
    GridPane.setHalignment(label, HPos.CENTER);
    return label;
  }

  private Node cell(Forecast change, String with) {
    var met = met(change, with);
    if (met.isEmpty()) {
      var empty = new Region();
      empty.getStyleClass().add("forecast-cell");
      return empty;
    }
    var encounter = met.get();
    var name = with.equals(Forecast.MAIN) ? with : "#" + with.substring(2);
    var words =
        texts.text(
            "forecast." + encounter.meeting().word() + ".of",
            "#" + number(change),
            name,
            String.join(", ", encounter.files()));
    var button = new Button(sign(encounter.meeting(), encounter.files().size()));
    button.getStyleClass().addAll("forecast-cell", "mono");
    button.setOnAction(_ -> choose.accept(change.id()));
    button.setTooltip(Widgets.tooltip(words));
    button.setAccessibleText(words);
    return tone(encounter.meeting()).on(button);
  }

  private Node legend(Meeting meeting) {
    var sign = tone(meeting).on(Widgets.label(sign(meeting, 0), "mono", "strong"));
    return Widgets.row(5, sign, Widgets.label(texts.text("forecast." + meeting.word()), "muted"));
  }

  private static String sign(Meeting meeting, int files) {
    return switch (meeting) {
      case CONFLICT -> files > 0 ? "× " + files : "×";
      case OVERLAP -> "≈";
      case STACKED -> "on";
    };
  }

  private static Tone tone(Meeting meeting) {
    return switch (meeting) {
      case CONFLICT -> Tone.RED;
      case OVERLAP -> Tone.AMBER;
      case STACKED -> Tone.TEAL;
    };
  }
}
