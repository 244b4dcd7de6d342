package dev.hivedeck.ui.view.slo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.ui.control.diff.DiffView;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.notice.ErrorMessages;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Sheet;
import dev.hivedeck.ui.shell.widget.Widgets;
import dev.hivedeck.ui.view.slo.ObjectiveDraft.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javafx.animation.PauseTransition;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.scene.Node;
import javafx.scene.control.ComboBox;
import javafx.scene.control.ContentDisplay;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.Duration;
import javafx.util.StringConverter;

/**
 * Declares an objective, changes it or takes it away: with what it would have alerted about in the
 * last week, and the difference in {@code hive.yaml}, before anything is written.
 */
final class ObjectiveForm {
  private static final double WIDTH = 760;
  private static final Duration REST = Duration.millis(300);
  private static final double ROW = 21;
  private static final double HIGHEST = 220;

  private final ScreenContext context;
  private final Texts texts;
  private final GridPane form = new GridPane(12, 4);
  private final Map<String, Label> faults = new LinkedHashMap<>();
  private final TextField name = new TextField();
  private final TextField description = new TextField();
  private final ComboBox<Kind> kind = new ComboBox<>();
  private final TextField first = new TextField();
  private final TextField second = new TextField();
  private final TextField target = new TextField();
  private final TextField window = new TextField();
  private final TextField runbook = new TextField();
  private final PastPreview past;
  private final Label wrong = Tone.RED.on(Widgets.prose(""));
  private final DiffView diff;
  private final SimpleBooleanProperty off = new SimpleBooleanProperty(true);
  private final PauseTransition rest = new PauseTransition(REST);
  private Config.Source source;
  private JsonNode before = MissingNode.getInstance();
  private boolean own = true;
  private int asking;

  ObjectiveForm(ScreenContext context) {
    this.context = context;
    this.texts = context.texts();
    this.past = new PastPreview(texts);
    this.diff = new DiffView(context, DiffView.Reviewer.NONE);
    rest.setOnFinished(_ -> preview());
    kind.getItems().setAll(Kind.values());
    kind.setValue(Kind.GOOD);
    kind.setMaxWidth(Double.MAX_VALUE);
    kind.setConverter(new Words(texts));
    for (var field : List.of(name, description, first, second, target, window, runbook)) {
      field.textProperty().subscribe(_ -> changed());
    }
    kind.valueProperty().subscribe(_ -> changed());
    for (var field : List.of(first, second)) {
      field.getStyleClass().add("mono");
    }
    target.setPromptText("99.5%");
    window.setPromptText("30d");
    runbook.setPromptText("https://");
  }

  /** Opens for one that there is, or, for null, for a new one. */
  void open(String objective) {
    open(objective, Map.of());
  }

  /**
   * As {@link #open(String)}.
   *
   * @param values what is written in the fields at first, by their pointers
   */
  void open(String objective, Map<String, String> values) {
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
              fill(objective, values);
              show(objective != null && !before.isMissingNode());
            });
  }

  private void fill(String objective, Map<String, String> values) {
    if (objective != null) {
      before = source.values().path("objectives").path(objective);
      name.setText(objective);
    }
    var found = Kind.of(before.path("indicator"));
    own = before.isMissingNode() || found.isPresent();
    var is = found.orElse(Kind.GOOD);
    kind.setValue(is);
    description.setText(text("description", values));
    first.setText(text("indicator/" + is.first(), values));
    second.setText(text("indicator/" + is.second(), values));
    target.setText(text("target", values));
    window.setText(before.path("window").isObject() ? "" : text("window", values));
    runbook.setText(text("runbook", values));
  }

  private String text(String at, Map<String, String> values) {
    var there = before.at("/" + at);
    return there.isMissingNode() ? values.getOrDefault(at, "") : there.asText();
  }

  private void show(boolean there) {
    form.getStyleClass().add("form");
    name.setDisable(there);
    row("name", name);
    row("description", description);
    if (own) {
      row("kind", kind);
      row("first", first);
      row("second", second);
    } else {
      form.addRow(
          form.getRowCount(), new Label(), Widgets.prose(texts.text("slo.form.other"), "soft"));
    }
    row("target", target);
    if (!before.path("window").isObject()) {
      row("window", window);
    }
    row("runbook", runbook);
    var save = context.act(Widgets.button(texts.text("slo.form.save"), this::save, "accent"), off);
    save.setGraphic(Widgets.key(texts.keys(Hotkey.SEND)));
    save.setContentDisplay(ContentDisplay.RIGHT);
    var remove = context.act(Widgets.button(texts.text("slo.form.remove"), this::remove, "danger"));
    Widgets.show(remove, there);
    Widgets.show(wrong, false);
    Widgets.show(diff, false);
    var body = new VBox(12, form, past, wrong, diff);
    var scroll = new ScrollPane(body);
    scroll.setFitToWidth(true);
    scroll.getStyleClass().add("plain-scroll");
    scroll.setFocusTraversable(false);
    scroll.setPrefViewportHeight(560 * context.theme().scale().get());
    VBox.setVgrow(scroll, Priority.ALWAYS);
    var sheet =
        new Sheet(
                there ? texts.text("slo.form.title", name.getText()) : texts.text("slo.form.new"),
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
    context.go().sheet(sheet, there ? target : name);
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

  private ObjectiveDraft draft() {
    var values = new LinkedHashMap<String, String>();
    values.put("description", description.getText());
    if (own) {
      var is = kind.getValue();
      // What another kind has is taken out.
      for (var other : Kind.values()) {
        for (var key : List.of(other.first(), other.second())) {
          var top = key.split("/")[0];
          if (!is.first().startsWith(top) && !is.second().startsWith(top)) {
            values.put("indicator/" + top, "");
          }
        }
      }
      values.put("indicator/" + is.first(), first.getText());
      values.put("indicator/" + is.second(), second.getText());
    }
    values.put("target", target.getText());
    if (!before.path("window").isObject()) {
      values.put("window", window.getText());
    }
    values.put("runbook", runbook.getText());
    return new ObjectiveDraft(name.getText().strip(), before, values);
  }

  private void changed() {
    off.set(true); // Nothing is written that was not shown.
    if (source != null) {
      rest.playFromStart();
    }
  }

  private boolean complete() {
    faults.values().forEach(f -> Widgets.show(f, false));
    boolean named = ObjectiveDraft.isName(name.getText().strip());
    boolean fresh = before.isMissingNode();
    if (!named && fresh) {
      say("name", name.getText().isBlank() ? "" : texts.text("slo.form.name.wrong"));
      return false;
    }
    if (fresh && source.values().path("objectives").has(name.getText().strip())) {
      say("name", texts.text("slo.form.name.taken"));
      return false;
    }
    return !own || !first.getText().isBlank() && !second.getText().isBlank();
  }

  private void say(String field, String fault) {
    var label = faults.get(field);
    label.setText(fault);
    Widgets.show(label, !fault.isEmpty());
  }

  private void preview() {
    int mine = ++asking;
    off.set(true);
    if (!complete() || target.getText().isBlank()) {
      past.say(texts.text("slo.form.incomplete"));
      Widgets.show(wrong, false);
      return;
    }
    var draft = draft();
    context
        .steering()
        .query(new Query.ObjectiveReplay(draft.name(), draft.replayed(), "7d", null))
        .whenComplete(
            (answer, failure) -> {
              if (mine == asking) {
                if (failure == null) {
                  replayed(Json.as(answer, SloViews.Replay.class));
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

  private void replayed(SloViews.Replay replay) {
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
    write(draft().changes(), texts.text("slo.form.saved", name.getText().strip()));
  }

  private void remove() {
    var removed = name.getText();
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
        .execute(new Command.EditConfig(source.digest(), changes))
        .whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                preview();
                return;
              }
              context.go().closeSheet();
              var done = Json.as(answer, Config.Edited.class);
              if (source.text() == null) {
                context.notices().say(said);
              } else {
                var undo = new Command.WriteConfig(done.digest(), source.text());
                context.notices().done(said, () -> context.steering().execute(undo));
              }
            });
  }

  /** How the kinds are called. */
  private static final class Words extends StringConverter<Kind> {
    private final Texts texts;

    Words(Texts texts) {
      this.texts = texts;
    }

    @Override
    public String toString(Kind kind) {
      return kind == null ? "" : texts.word("slo.kind", kind);
    }

    @Override
    public Kind fromString(String name) {
      throw new UnsupportedOperationException();
    }
  }
}
