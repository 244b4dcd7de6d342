package dev.hivedeck.ui.view.slo;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.view.Muted;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.protocol.view.SloViews.AlertState;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.notice.AlertCounts;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.control.ListView;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** The alerts of one objective, the newest first, and the silences that hold now. */
final class AlertHistory extends VBox {
  private static final double ROW = 26;

  /** A list is wide enough for all of a row from here on, at a text scale of 1. */
  private static final double WIDE = 340;

  private final ScreenContext context;
  private final Texts texts;
  private final ListView<SloViews.Alert> list = new ListView<>();
  private final VBox silences = new VBox(4);
  private final Runnable changed;

  /**
   * @param chosen hears of an alert that one wants to look at
   * @param replay asks what would have paged
   * @param changed hears that a silence has ended
   */
  AlertHistory(
      ScreenContext context, Consumer<SloViews.Alert> chosen, Runnable replay, Runnable changed) {
    super(8);
    this.context = context;
    this.texts = context.texts();
    this.changed = changed;
    getStyleClass().add("card");
    list.getStyleClass().add("plain-list");
    list.setFixedCellSize(ROW * Math.max(1, context.theme().scale().get()));
    list.setCellFactory(_ -> new Cell(chosen));
    list.setAccessibleText(texts.text("slo.history"));
    list.setPlaceholder(Widgets.prose(texts.text("slo.history.none"), "muted"));
    list.addEventFilter(
        KeyEvent.KEY_PRESSED,
        e -> {
          var alert = list.getSelectionModel().getSelectedItem();
          if (Hotkey.OPEN.pressed(e) && alert != null) {
            chosen.accept(alert);
            e.consume();
          }
        });
    VBox.setVgrow(list, Priority.ALWAYS);
    var would = Widgets.link(texts.text("slo.replay"), replay);
    var title = Widgets.label(texts.text("slo.history"), "card-title");
    title.setMinWidth(USE_PREF_SIZE);
    Widgets.show(silences, false);
    getChildren().setAll(Widgets.row(8, title, Widgets.spacer(), would), silences, list);
    context.live().alerts().watch(list::refresh);
    setMinWidth(250);
    setPrefWidth(400);
  }

  void show(List<SloViews.Alert> alerts) {
    if (!alerts.equals(list.getItems())) {
      list.getItems().setAll(alerts);
    }
  }

  /** Shows what is silent now. */
  void silent(List<SloViews.Silence> now) {
    silences.getChildren().setAll(now.stream().map(this::silence).toList());
    Widgets.show(silences, !now.isEmpty());
  }

  private HBox silence(SloViews.Silence s) {
    var what =
        Widgets.label(
            texts.text("slo.silenced", new SloWords(texts).minute(s.ends()))
                + (s.comment().isEmpty() ? "" : " · " + s.comment()),
            "soft");
    what.setGraphic(Icon.SILENCED.node());
    what.setMinWidth(0);
    var end =
        context.act(
            Widgets.button(
                texts.text("slo.silence.end"),
                () -> TimedSheet.end(context, s.id(), changed),
                "small"));
    return Widgets.row(8, Widgets.grow(what), end);
  }

  private final class Cell extends ListCell<SloViews.Alert> {
    private final Label when = Widgets.label("", "mono", "muted");
    private final Label what = Widgets.label("");
    private final Label length = Widgets.label("", "mono", "soft");
    private final Label summary = Widgets.label("", "soft");
    private final Button acknowledge;
    private final HBox box;

    Cell(Consumer<SloViews.Alert> chosen) {
      acknowledge =
          context.act(
              Widgets.icon(
                  Icon.CHECK,
                  texts.text("slo.acknowledge"),
                  () -> context.steering().execute(new Command.AcknowledgeAlert(getItem().id())),
                  "flat",
                  "small"));
      acknowledge.setFocusTraversable(false);
      box = Widgets.row(10, when, what, length, Widgets.grow(summary), acknowledge);
      for (var label : List.of(when, what, length)) {
        label.setMinWidth(USE_PREF_SIZE);
      }
      // Where there is no room for all, what it means goes before how long it was.
      length
          .visibleProperty()
          .bind(
              list.widthProperty().greaterThan(WIDE * Math.max(1, context.theme().scale().get())));
      length.managedProperty().bind(length.visibleProperty());
      setPrefWidth(0);
      setOnMouseClicked(
          _ -> {
            if (getItem() != null) {
              chosen.accept(getItem());
            }
          });
    }

    @Override
    protected void updateItem(SloViews.Alert listed, boolean empty) {
      super.updateItem(listed, empty);
      if (empty || listed == null) {
        setGraphic(null);
        return;
      }
      var alert = now(listed);
      when.setText(new SloWords(texts).minute(alert.began()));
      var severity = alert.labels().getOrDefault("severity", "");
      boolean told = AlertCounts.isTold(alert);
      what.setText(
          texts.has("slo.severity." + severity)
              ? texts.text("slo.severity." + severity)
              : alert.state().word());
      var tone =
          alert.ended() != null || !told
              ? Tone.NEUTRAL
              : severity.equals("page") ? Tone.RED : Tone.AMBER;
      var icon = !told ? Icon.SILENCED : alert.ended() == null ? Icon.ALERT : Icon.CHECK;
      what.setGraphic(tone.on(icon.node()));
      tone.on(what);
      length.setText(length(alert));
      boolean firing = alert.state() == AlertState.FIRING && alert.ended() == null;
      Widgets.show(acknowledge, firing && alert.muted() == Muted.NONE);
      summary.setText(
          (alert.muted() == Muted.NONE
                  ? ""
                  : texts.text("slo.muted." + alert.muted().word()) + " · ")
              + texts.said(
                  alert
                      .texts()
                      .getOrDefault("meaning", alert.texts().getOrDefault("summary", ""))));
      setAccessibleText(
          when.getText()
              + ", "
              + what.getText()
              + ", "
              + length.getText()
              + ", "
              + summary.getText());
      setGraphic(box);
    }

    /** The feed knows sooner than its objective what keeps an alert from being told. */
    private SloViews.Alert now(SloViews.Alert listed) {
      return listed.ended() != null
          ? listed
          : context
              .live()
              .alerts()
              .get(listed.id())
              .map(told -> listed.withMuted(told.muted()))
              .orElse(listed);
    }

    /** How long it was, or how long it has been so by now. */
    private String length(SloViews.Alert alert) {
      if (alert.ended() != null) {
        return texts.roughly(Duration.between(alert.began(), alert.ended()));
      }
      Instant now = context.live().now().get();
      return now == null
          ? texts.text("slo.alert.now")
          : texts.text("slo.alert.since", texts.roughly(Duration.between(alert.began(), now)));
    }
  }
}
