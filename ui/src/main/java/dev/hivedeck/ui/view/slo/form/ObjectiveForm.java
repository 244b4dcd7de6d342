package dev.hivedeck.ui.view.slo.form;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.ReplayViews;
import dev.hivedeck.ui.control.diff.DiffView;
import dev.hivedeck.ui.control.diff.Reviewer;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.notice.ErrorMessages;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Sheet;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javafx.animation.PauseTransition;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.scene.Node;
import javafx.scene.control.ContentDisplay;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.Duration;

/**
 * Declares an objective, changes it or takes it away: with what it would have alerted about in the
 * last week, and the difference in {@code hive.yaml}, before anything is written.
 */
public final class ObjectiveForm {
  private static final double WIDTH = 760;
  private static final Duration REST = Duration.millis(300);
  private static final double ROW = 21;
  private static final double HIGHEST = 220;

  private final ScreenContext context;
  private final Texts texts;
  private final GridPane form = new GridPane(12, 4);
  private final Map<String, Label> faults = new LinkedHashMap<>();
  private final ObjectiveFields fields;
  private final PastPreview past;
  private final Label wrong = Tone.RED.on(Widgets.prose(""));
  private final Label meanwhile = Tone.AMBER.on(Widgets.prose(""));
  private final DiffView diff;
  private final SimpleBooleanProperty off = new SimpleBooleanProperty(true);
  private Sheet sheet;
  private final PauseTransition rest = new PauseTransition(REST);
  private Config.Source source;
  private int asking;

  public ObjectiveForm(ScreenContext context) {
    this.context = context;
    this.texts = context.texts();
    this.past = new PastPreview(texts);
    this.diff = new DiffView(context, Reviewer.NONE);
    rest.setOnFinished(_ -> preview());
    this.fields = new ObjectiveFields(texts, this::changed);
  }

  /** Opens for one that there is, or, for null, for a new one. */
  public void open(String objective) {
    open(objective, Map.of());
  }

  /**
   * As {@link #open(String)}.
   *
   * @param values what is written in the fields at first, by their pointers
   */
  public void open(String objective, Map<String, String> values) {
    context
        .steering()
        .query(new Query.ConfigSource())
        .whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                context.notices().failed(ErrorMessages.of(failure));
                return;
              }
              source = Json.as(answer, Config.Source.class);
              if (objective != null) {
                fields.name.setText(objective);
              }
              fields.fill(declared(objective), values);
              show();
            });
  }

  private JsonNode declared(String objective) {
    return objective == null
        ? MissingNode.getInstance()
        : source.values().path("objectives").path(objective);
  }

  private void show() {
    boolean there = fields.isThere();
    form.getStyleClass().add("form");
    fields.name.setDisable(there);
    row("name", fields.name);
    row("description", fields.description);
    if (fields.hasIndicator()) {
      row("kind", fields.kind);
      row("first", fields.first);
      row("second", fields.second);
    } else {
      form.addRow(
          form.getRowCount(), new Label(), Widgets.prose(texts.text("slo.form.other"), "soft"));
    }
    row("target", fields.target);
    if (fields.hasWindow()) {
      row("window", fields.window);
    }
    row("runbook", fields.runbook);
    var save = context.act(Widgets.button(texts.text("slo.form.save"), this::save, "accent"), off);
    save.setGraphic(Widgets.key(texts.keys(Hotkey.SEND)));
    save.setContentDisplay(ContentDisplay.RIGHT);
    var remove = context.act(Widgets.button(texts.text("slo.form.remove"), this::remove, "danger"));
    Widgets.show(remove, there);
    Widgets.show(wrong, false);
    Widgets.show(meanwhile, false);
    Widgets.show(diff, false);
    var body = new VBox(12, form, past, meanwhile, wrong, diff);
    var scroll = new ScrollPane(body);
    scroll.setFitToWidth(true);
    scroll.getStyleClass().add("plain-scroll");
    scroll.setFocusTraversable(false);
    scroll.setPrefViewportHeight(560 * context.theme().scale().get());
    VBox.setVgrow(scroll, Priority.ALWAYS);
    sheet =
        new Sheet(
                there
                    ? texts.text("slo.form.title", fields.name.getText())
                    : texts.text("slo.form.new"),
                WIDTH,
                scroll)
            .actions(
                remove,
                Widgets.spacer(),
                Widgets.button(texts.text("slo.cancel"), context.go()::closeSheet),
                save);
    sheet.addEventFilter(
        KeyEvent.KEY_PRESSED,
        e -> {
          if (Hotkey.SEND.pressed(e) && !save.isDisabled()) {
            save.fire();
            e.consume();
          }
        });
    context.go().sheet(sheet, there ? fields.target : fields.name);
    preview();
  }

  private void row(String key, Node field) {
    var label = Widgets.label(texts.text("slo.form." + key), "soft");
    label.setMinWidth(Region.USE_PREF_SIZE);
    label.setLabelFor(field);
    field.setAccessibleText(texts.text("slo.form." + key));
    var fault = Tone.RED.on(Widgets.prose(""));
    Widgets.show(fault, false);
    faults.put(key, fault);
    form.addRow(form.getRowCount(), label, Widgets.grow(new VBox(2, field, fault)));
  }

  private void changed() {
    off.set(true); // Nothing is written that was not shown.
    if (source != null) {
      rest.playFromStart();
    }
  }

  private boolean complete() {
    faults.values().forEach(f -> Widgets.show(f, false));
    var named = fields.name.getText().strip();
    boolean fresh = !fields.isThere();
    if (!ObjectiveDraft.isName(named) && fresh) {
      say("name", named.isEmpty() ? "" : texts.text("slo.form.name.wrong"));
      return false;
    }
    if (fresh && source.values().path("objectives").has(named)) {
      say("name", texts.text("slo.form.name.taken"));
      return false;
    }
    return !fields.hasIndicator()
        || !fields.first.getText().isBlank() && !fields.second.getText().isBlank();
  }

  private void say(String field, String fault) {
    var label = faults.get(field);
    label.setText(fault);
    Widgets.show(label, !fault.isEmpty());
  }

  private void preview() {
    int mine = ++asking;
    off.set(true);
    if (!complete() || fields.target.getText().isBlank()) {
      past.say(texts.text("slo.form.incomplete"));
      Widgets.show(wrong, false);
      return;
    }
    var draft = fields.draft();
    context
        .steering()
        .query(new Query.ObjectiveReplay(draft.name(), draft.replayed(), "7d", null))
        .whenComplete(
            (answer, failure) -> {
              if (mine == asking) {
                if (failure == null) {
                  replayed(Json.as(answer, ReplayViews.Replay.class));
                } else {
                  refuse(texts.said(ErrorMessages.of(failure).message()));
                }
              }
            });
    context
        .steering()
        .query(new Query.ConfigPreview(draft.changes(), null))
        .whenComplete(
            (answer, failure) -> {
              if (mine == asking && failure == null) {
                differ(Json.as(answer, Config.Preview.class));
              }
            });
  }

  private void replayed(ReplayViews.Replay replay) {
    Widgets.show(wrong, false);
    past.show(replay);
  }

  /** Says what is wrong at the field that it is about, or below where it is about none. */
  private void refuse(String message) {
    var said = texts.said(message);
    var low = message.toLowerCase(Locale.ROOT);
    var field =
        low.contains("target") || low.contains("share between")
            ? "target"
            : low.contains("window")
                ? "window"
                : low.contains("selector") || low.contains("indicator") || low.contains("promql")
                    ? "first"
                    : "";
    past.say(texts.text("slo.form.refused"));
    if (faults.containsKey(field)) {
      say(field, said);
    } else {
      wrong.setText(said);
      Widgets.show(wrong, true);
    }
  }

  private void differ(Config.Preview preview) {
    var file = preview.diff().files().isEmpty() ? null : preview.diff().files().getFirst();
    Widgets.show(diff, file != null);
    if (file != null) {
      diff.show(file, List.of(), List.of());
      int rows = file.hunks().stream().mapToInt(h -> h.lines().size() + 1).sum();
      double height = Math.min(HIGHEST, (rows + 2) * ROW) * context.theme().scale().get() + 12;
      diff.setPrefHeight(height);
      diff.setMinHeight(height);
    }
    if (!preview.problems().isEmpty()) {
      refuse(String.join("\n", preview.problems()));
    }
    off.set(file == null || !preview.problems().isEmpty());
  }

  private void save() {
    write(fields.draft().changes(), texts.text("slo.form.saved", fields.name.getText().strip()));
  }

  private void remove() {
    var removed = fields.name.getText();
    if (context
        .dialogs()
        .confirm(
            texts.text("slo.form.remove.title", removed),
            texts.text("slo.form.remove.will"),
            texts.text("slo.form.remove"))) {
      var at = "/objectives/" + removed.replace("~", "~0").replace("/", "~1");
      write(List.of(new Config.Change(at, null)), texts.text("slo.form.removed", removed));
    }
  }

  private void write(List<Config.Change> changes, String said) {
    off.set(true);
    context
        .steering()
        .send(new Command.EditConfig(source.digest(), changes))
        .whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                refused(ErrorMessages.of(failure));
                return;
              }
              context.go().closeSheet(sheet);
              var done = Json.as(answer, Config.Edited.class);
              if (source.text() == null) {
                context.notices().say(said);
              } else {
                var undo = new Command.WriteConfig(done.digest(), source.text());
                context.notices().done(said, () -> context.steering().execute(undo));
              }
            });
  }

  /** What somebody else has written is taken over, and the draft stays. */
  private void refused(HiveException.Fault fault) {
    if (!fault.code().equals(ErrorCode.CONFIG_CHANGED.word())) {
      preview();
      wrong.setText(texts.said(fault.message()) + " " + texts.said(fault.hint()));
      Widgets.show(wrong, true);
      return;
    }
    context
        .steering()
        .query(new Query.ConfigSource())
        .whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                context.notices().failed(ErrorMessages.of(failure));
                return;
              }
              source = Json.as(answer, Config.Source.class);
              var told = new ArrayList<String>();
              told.add(texts.text("slo.form.meanwhile"));
              if (fields.isThere()) {
                told.addAll(fields.follow(declared(fields.name.getText())));
              }
              meanwhile.setText(String.join("\n", told));
              Widgets.show(meanwhile, true);
              preview();
            });
  }
}
