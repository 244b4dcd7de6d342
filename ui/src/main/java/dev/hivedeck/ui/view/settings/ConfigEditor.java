package dev.hivedeck.ui.view.settings;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.ui.control.diff.DiffView;
import dev.hivedeck.ui.control.diff.Reviewer;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.notice.ErrorMessages;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javafx.animation.PauseTransition;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.ComboBox;
import javafx.scene.control.ContentDisplay;
import javafx.scene.control.Control;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TextArea;
import javafx.scene.control.TextField;
import javafx.scene.control.TextInputControl;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.Duration;
import javafx.util.StringConverter;
import javafx.util.Subscription;
import org.controlsfx.control.SegmentedButton;

/**
 * {@code hive.yaml} in forms: what a person changes is shown as the difference it makes in the file
 * before anything is written, and what was written can be taken back.
 */
final class ConfigEditor extends ScrollPane {
  private static final String DRAFT = "config";
  private static final Duration REST = Duration.millis(200);
  private static final double ROW = 21;
  private static final double HIGHEST = 460;
  private static final String CHANNELS = "notify/channels";
  private static final int AGENTS_SHOWN = 40;

  /** The sections of the form. */
  enum Section {
    AGENTS,
    GATES,
    PARALLEL,
    BUDGETS,
    CHANNELS,
    EDITOR
  }

  private final ScreenContext context;
  private final Texts texts;
  private final ConfigDraft draft = new ConfigDraft();
  private final ToggleGroup sections = new ToggleGroup();
  private final VBox form = new VBox(10);
  private final Label summary = Widgets.prose("", "soft");
  private final DiffView diff;
  private final VBox problems = new VBox(6);
  private final HBox asks;
  private final Label asked = Widgets.prose("");
  private final BooleanProperty off = new SimpleBooleanProperty(true);
  private final BooleanProperty nothing = new SimpleBooleanProperty(true);
  private final PauseTransition rest = new PauseTransition(REST);
  private Section section = Section.AGENTS;
  private String agent;
  private String gate;
  private String channel;
  private int asking;
  private boolean began;

  ConfigEditor(ScreenContext context) {
    this.context = context;
    this.texts = context.texts();
    diff = new DiffView(context, Reviewer.NONE);
    asks = Widgets.row(8, Tone.AMBER.on(Icon.SHIELD.node()), Widgets.grow(asked));
    asks.setAlignment(Pos.TOP_LEFT);
    rest.setOnFinished(_ -> preview());
    setFitToWidth(true);
    setFocusTraversable(false);
    getStyleClass().add("plain-scroll");
    setContent(new CardColumns(context.theme(), Widgets.card(choice(), form), preview(asks)));
    addEventFilter(
        KeyEvent.KEY_PRESSED,
        e -> {
          if (Hotkey.SEND.pressed(e) && !off.get() && !context.live().cut().get()) {
            apply();
            e.consume();
          }
        });
  }

  private Node choice() {
    var buttons =
        Arrays.stream(Section.values())
            .map(
                s -> {
                  var button = new ToggleButton(texts.word("config.section", s));
                  button.setUserData(s);
                  button.setToggleGroup(sections);
                  button.setSelected(s == section);
                  return button;
                })
            .toList();
    Widgets.oneChosen(
        sections,
        now -> {
          if (now.getUserData() != section) {
            section = (Section) now.getUserData();
            renew();
          }
        });
    var segments = new SegmentedButton();
    segments.setToggleGroup(null);
    segments.getButtons().setAll(buttons);
    buttons.forEach(b -> b.setToggleGroup(sections));
    return Widgets.line(8, segments);
  }

  private VBox preview(Node consent) {
    var apply = context.act(Widgets.button(texts.text("config.apply"), this::apply, "accent"), off);
    apply.setGraphic(Widgets.key(texts.keys(Hotkey.SEND)));
    apply.setContentDisplay(ContentDisplay.RIGHT);
    var discard = Widgets.button(texts.text("config.discard"), this::discard);
    discard.disableProperty().bind(nothing);
    Widgets.show(consent, false);
    Widgets.show(problems, false);
    return Widgets.card(
        Widgets.label(texts.text("config.changes"), "card-title"),
        summary,
        diff,
        problems,
        consent,
        Widgets.row(8, Widgets.spacer(), discard, apply));
  }

  /** Keeps itself up to date until it is let go of. */
  Subscription watch() {
    if (!began) {
      began = true;
      draft.text(context.drafts().text(DRAFT));
    }
    load();
    return context.live().workspace().subscribe(_ -> load());
  }

  /** Opens a section, or the form of an agent or a gate: {@code agents}, {@code agents/codex}. */
  void open(String place) {
    var parts = place.split("/", 2);
    for (var toggle : sections.getToggles()) {
      if (toggle.getUserData().toString().equalsIgnoreCase(parts[0])) {
        agent = parts.length == 2 && toggle.getUserData() == Section.AGENTS ? parts[1] : agent;
        gate = parts.length == 2 && toggle.getUserData() == Section.GATES ? parts[1] : gate;
        toggle.setSelected(true);
        renew();
      }
    }
  }

  private void load() {
    int mine = ++asking;
    context
        .steering()
        .query(new Query.ConfigSource())
        .whenComplete(
            (answer, failure) -> {
              if (mine != asking) {
                return;
              }
              if (failure != null) {
                form.getChildren()
                    .setAll(EmptyState.failed(texts, ErrorMessages.of(failure), this::load));
                return;
              }
              var now = Json.as(answer, Config.Source.class);
              boolean other =
                  draft.source() == null || !draft.source().digest().equals(now.digest());
              draft.on(now);
              if (other) {
                renew();
                preview();
              }
            });
  }

  // ── forms ───────────────────────────────────────────────────────────────────────────────────

  private void renew() {
    if (draft.source() == null) {
      return;
    }
    var rows = form.getChildren();
    rows.clear();
    if (section == Section.EDITOR) {
      rows.setAll(editor());
      return;
    }
    if (draft.source().text() == null) {
      rows.add(
          EmptyState.empty(
              Icon.FILE,
              texts.text("config.none"),
              texts.text("config.none.more"),
              Widgets.button(texts.text("action.setup"), context.go()::setUp, "accent")));
      return;
    }
    rows.add(Widgets.prose(texts.text(Texts.key("config.section", section) + ".more"), "soft"));
    switch (section) {
      case AGENTS -> agent = things("agents", agent, ConfigField.AGENT);
      case GATES -> gate = things("gates", gate, ConfigField.GATE);
      case CHANNELS -> channel = things(CHANNELS, channel, ConfigField.CHANNEL);
      case PARALLEL -> rows.add(parallel());
      default -> rows.add(budgets());
    }
  }

  /** One of several named things to edit, to remove, or to add to; answers which. */
  private String things(String where, String wanted, List<ConfigField> fields) {
    var names = new ArrayList<String>();
    draft.values().at("/" + where).properties().forEach(e -> names.add(e.getKey()));
    String chosen = names.contains(wanted) ? wanted : names.isEmpty() ? null : names.getFirst();
    var add = new TextField();
    String kind = where.substring(where.lastIndexOf('/') + 1);
    add.setPromptText(texts.text("config.add." + kind));
    named(add, texts.text("config.add." + kind));
    var adding = Widgets.button(texts.text("config.add"), () -> add(where, add.getText().strip()));
    adding
        .disableProperty()
        .bind(
            add.textProperty()
                .map(String::strip)
                .map(t -> !t.matches("[A-Za-z0-9][A-Za-z0-9._-]*") || names.contains(t)));
    add.setOnAction(_ -> adding.fire());
    var row = Widgets.line(8, add, adding);
    if (chosen == null) {
      form.getChildren().addAll(Widgets.prose(texts.text("config.empty." + kind), "muted"), row);
      return null;
    }
    var which = new ComboBox<String>();
    which.getItems().setAll(names);
    which.setValue(chosen);
    which.setVisibleRowCount(14);
    named(which, texts.text("config.which." + kind));
    which
        .valueProperty()
        .addListener(
            (_, _, now) -> {
              choose(now);
              renew();
            });
    String at = "/" + where + "/" + escaped(chosen);
    var remove =
        Widgets.icon(
            Icon.CLOSE, texts.text("config.remove", chosen), () -> change(at, null, true), "flat");
    form.getChildren().addAll(Widgets.line(8, which, remove, row), grid(at + "/", fields));
    return chosen;
  }

  private void add(String where, String name) {
    choose(name);
    var first = Json.object();
    switch (section) {
      case AGENTS -> first.put("driver", "codex");
      case GATES -> first.put("run", "true");
      default -> first.put("type", "webhook").put("url", "secret:" + name);
    }
    change("/" + where + "/" + escaped(name), first, true);
  }

  private void choose(String name) {
    switch (section) {
      case AGENTS -> agent = name;
      case GATES -> gate = name;
      default -> channel = name;
    }
  }

  private GridPane grid(String at, List<ConfigField> fields) {
    var grid = new GridPane(12, 8);
    grid.getStyleClass().add("form");
    for (var field : fields) {
      row(grid, texts.text("config.field." + field.name()), control(at + field.key(), field));
    }
    return grid;
  }

  private Node parallel() {
    var grid = grid("/", ConfigField.QUEUE);
    var shown = 0;
    for (var e : draft.values().path("agents").properties()) {
      if (shown++ == AGENTS_SHOWN) {
        break; // The others have it in their own form.
      }
      String at = "/agents/" + escaped(e.getKey()) + "/parallel";
      row(
          grid,
          texts.text("config.parallel.of", Printable.line(e.getKey())),
          control(at, ConfigField.number("parallel")));
    }
    return grid;
  }

  private Node budgets() {
    var grid = new GridPane(12, 8);
    grid.getStyleClass().add("form");
    grid.addRow(
        0,
        Widgets.label(""),
        Widgets.label(texts.text("config.field.limits-tokens"), "muted"),
        Widgets.label(texts.text("config.field.limits-cost"), "muted"));
    for (var whose : List.of("attempt", "task", "agent", "day", "plan")) {
      var label = Widgets.label(texts.text("config.budget." + whose), "soft");
      label.setMinWidth(Region.USE_PREF_SIZE);
      var tokens = control("/budgets/" + whose + "/tokens", ConfigField.number("limits/tokens"));
      var cost = control("/budgets/" + whose + "/cost", ConfigField.number("limits/cost"));
      for (var field : List.of(tokens, cost)) {
        named(field, texts.text("config.budget." + whose) + ", " + field.getAccessibleText());
        GridPane.setHgrow(field, Priority.ALWAYS);
      }
      grid.addRow(grid.getRowCount(), label, tokens, cost);
    }
    return grid;
  }

  /** The program that opens folders is this person's, not the team's. */
  private Node editor() {
    var command = new TextField(context.settings().text("editor", ""));
    command.setPromptText(texts.text("config.editor.prompt"));
    command
        .textProperty()
        .addListener((_, _, now) -> context.settings().put("editor", now.strip()));
    var grid = new GridPane(12, 8);
    grid.getStyleClass().add("form");
    row(grid, texts.text("config.editor"), command);
    return new VBox(10, Widgets.prose(texts.text("config.section.editor.more"), "soft"), grid);
  }

  private void row(GridPane grid, String name, Control control) {
    var label = Widgets.label(name, "soft");
    label.setLabelFor(control);
    label.minWidthProperty().bind(context.theme().scale().multiply(120));
    named(control, name);
    GridPane.setHgrow(control, Priority.ALWAYS);
    grid.addRow(grid.getRowCount(), label, control);
  }

  private static void named(Control control, String name) {
    control.setAccessibleText(name);
    control.setMaxWidth(Double.MAX_VALUE);
    control.setMinWidth(0);
  }

  private Control control(String at, ConfigField field) {
    var value = draft.values().at(at);
    String text = field.shown(value);
    if (!field.options().isEmpty()) {
      var box = new ComboBox<String>();
      box.getItems().add("");
      box.getItems().addAll(field.options());
      box.setValue(text);
      box.setConverter(new Choice(usual(field)));
      box.setDisable(!field.holds(value));
      box.valueProperty().addListener((_, _, now) -> change(at, field.read(now), false));
      named(box, texts.text("config.field." + field.name()));
      return box;
    }
    TextInputControl input = text.contains("\n") ? area(text) : new TextField(text);
    if (field.kind() != ConfigField.Kind.TEXT || field.key().equals("run")) {
      input.getStyleClass().add("mono");
    }
    input.setPromptText(usual(field));
    input.setDisable(!field.holds(value));
    input.textProperty().addListener((_, _, now) -> change(at, field.read(now), false));
    named(input, texts.text("config.field." + field.name()));
    return input;
  }

  private static TextArea area(String text) {
    var area = new TextArea(text);
    area.setPrefRowCount((int) Math.min(8, text.lines().count() + 1));
    return area;
  }

  /** What holds where nothing is written, or what that looks like. */
  private String usual(ConfigField field) {
    String key = "config.usual." + field.name();
    return texts.has(key) ? texts.text(key) : texts.text("config.usual");
  }

  private static String escaped(String key) {
    return key.replace("~", "~0").replace("/", "~1");
  }

  // ── what it comes to ────────────────────────────────────────────────────────────────────────

  private void change(String at, JsonNode value, boolean anew) {
    draft.put(at, value);
    context.drafts().put(DRAFT, draft.text());
    nothing.set(draft.isEmpty());
    off.set(true); // Nothing is applied that was not shown.
    if (anew) {
      renew();
      preview();
    } else {
      rest.playFromStart();
    }
  }

  private void discard() {
    draft.clear();
    context.drafts().put(DRAFT, "");
    renew();
    preview();
  }

  private void preview() {
    nothing.set(draft.isEmpty());
    off.set(true); // Until it is known what that comes to.
    if (draft.source() == null) {
      return;
    }
    var changes = draft.changes();
    context
        .steering()
        .query(new Query.ConfigPreview(changes, null))
        .whenComplete(
            (answer, failure) -> {
              if (!changes.equals(draft.changes())) {
                return; // It was changed again meanwhile.
              }
              if (failure != null) {
                say(List.of(ErrorMessages.of(failure).message()));
                return;
              }
              show(Json.as(answer, Config.Preview.class));
            });
  }

  private void show(Config.Preview preview) {
    var file = preview.diff().files().isEmpty() ? null : preview.diff().files().getFirst();
    boolean empty = draft.isEmpty() || file == null;
    Widgets.show(diff, !empty);
    summary.setText(
        empty
            ? texts.text("config.unchanged")
            : texts.text("config.changed", file.additions(), file.deletions()));
    if (!empty) {
      diff.show(file, List.of(), List.of());
      int rows = file.hunks().stream().mapToInt(h -> h.lines().size() + 1).sum();
      double height = Math.min(HIGHEST, (rows + 2) * ROW * context.theme().scale().get() + 12);
      diff.setPrefHeight(height);
      diff.setMinHeight(height);
    }
    say(empty && !draft.isEmpty() || !empty ? preview.problems() : draft.source().problems());
    var why = preview.consent() == null ? null : preview.consent().why();
    Widgets.show(asks, !empty && why != null);
    asked.setText(why == null ? "" : texts.text("config.asks", Printable.line(texts.said(why))));
    off.set(empty || !preview.problems().isEmpty());
  }

  private void say(List<String> wrong) {
    problems
        .getChildren()
        .setAll(
            wrong.stream()
                .map(
                    p -> {
                      var line =
                          Widgets.row(
                              8,
                              Tone.RED.on(Icon.WARNED.node()),
                              Widgets.grow(Widgets.prose(texts.said(p))));
                      line.setAlignment(Pos.TOP_LEFT);
                      return line;
                    })
                .toList());
    Widgets.show(problems, !wrong.isEmpty());
  }

  private void apply() {
    var before = draft.source();
    off.set(true);
    context
        .steering()
        .execute(new Command.EditConfig(before.digest(), draft.changes()))
        .whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                load(); // The draft stays, on what is there now.
                preview();
                return;
              }
              var done = Json.as(answer, Config.Edited.class);
              draft.clear();
              context.drafts().put(DRAFT, "");
              load();
              String said = texts.text(done.trusted() ? "config.applied" : "config.applied.asks");
              if (before.text() == null) {
                context.notices().say(said);
              } else {
                context.notices().done(said, () -> takeBack(done.digest(), before.text()));
              }
            });
  }

  private void takeBack(String digest, String text) {
    context.steering().execute(new Command.WriteConfig(digest, text)).thenAccept(_ -> load());
  }

  /** The empty choice says what holds then. */
  private static final class Choice extends StringConverter<String> {
    private final String usual;

    Choice(String usual) {
      this.usual = usual;
    }

    @Override
    public String toString(String option) {
      return option == null || option.isEmpty() ? usual : option;
    }

    @Override
    public String fromString(String name) {
      throw new UnsupportedOperationException();
    }
  }
}
