package dev.hivedeck.ui.view.settings;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.event.PermissionEvent;
import dev.hivedeck.engine.protocol.view.PermissionViews.PermissionRule;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.List;
import javafx.collections.ListChangeListener;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.CheckBox;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TextField;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;
import org.controlsfx.control.SegmentedButton;

/** What agents may do unasked: every rule, how often it answered, and how to make another. */
final class PermissionRules extends VBox {
  private static final double HIGHEST = 320;

  private final ScreenContext context;
  private final Texts texts;
  private final VBox list = new VBox();
  private final ScrollPane scroll = new ScrollPane(list);
  private final Label note = Widgets.prose("", "soft");
  private final VBox form = new VBox(10);
  private final ComboBox<String> agent = new ComboBox<>();
  private final TextField tool = new TextField();
  private final TextField what = new TextField();
  private final CheckBox wild = new CheckBox();
  private final ToggleButton allow;
  private final ToggleButton forbid;
  private List<PermissionRule> rules = List.of();
  private PermissionRule edited;
  private boolean asking;
  private boolean again;

  PermissionRules(ScreenContext context) {
    super(10);
    this.context = context;
    this.texts = context.texts();
    allow = new ToggleButton(texts.text("permissions.allow"));
    forbid = new ToggleButton(texts.text("permissions.forbid"));
    scroll.setFitToWidth(true);
    scroll.setFocusTraversable(false);
    scroll.setAccessibleText(texts.text("permissions.title"));
    scroll.getStyleClass().add("plain-scroll");
    scroll.setMinHeight(Region.USE_PREF_SIZE);
    list.heightProperty()
        .subscribe(h -> scroll.setPrefHeight(Math.min(HIGHEST, h.doubleValue() + 4)));
    form();
    getChildren().setAll(Widgets.prose(texts.text("permissions.why"), "soft"), note, scroll, form);
    close();
    show();
  }

  /** Keeps itself up to date until it is let go of. */
  Subscription watch() {
    ask();
    ListChangeListener<Event> heard =
        change -> {
          while (change.next()) {
            if (change.getAddedSubList().stream()
                .anyMatch(e -> e.type() instanceof PermissionEvent)) {
              ask();
            }
          }
        };
    context.live().happenings().addListener(heard);
    // How often a rule answered is nobody's event.
    var used = context.live().decisions().watch(this::ask);
    return used.and(() -> context.live().happenings().removeListener(heard));
  }

  /** Opens the form for a new rule. */
  void add() {
    edit(null);
  }

  private void ask() {
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    context
        .steering()
        .query(new Query.Permissions())
        .whenComplete(
            (answer, failure) -> {
              asking = false;
              if (failure == null) {
                var told = new ArrayList<PermissionRule>();
                answer.forEach(node -> told.add(Json.as(node, PermissionRule.class)));
                if (!told.equals(rules)) {
                  rules = told;
                  show();
                }
              } else {
                note.setText(texts.text("permissions.failed"));
                Widgets.show(note, true);
              }
              if (again) {
                again = false;
                ask();
              }
            });
  }

  private void show() {
    list.getChildren().setAll(rules.stream().map(this::line).toList());
    Widgets.show(scroll, !rules.isEmpty());
    note.setText(texts.text("permissions.none.more"));
    Widgets.show(note, rules.isEmpty());
  }

  private String whom(PermissionRule rule) {
    return rule.agent() == null ? texts.text("permission.rule.all") : rule.agent();
  }

  private String words(PermissionRule rule) {
    return texts.text(
        "permissions.line",
        whom(rule),
        texts.text(rule.allow() ? "permissions.may" : "permissions.maynot"),
        rule.tool(),
        rule.what() + literally(rule));
  }

  private String literally(PermissionRule rule) {
    return rule.literal() && rule.what().contains("*")
        ? " (" + texts.text("permissions.literal") + ")"
        : "";
  }

  private Node line(PermissionRule rule) {
    var words = words(rule);
    var may =
        (rule.allow() ? Tone.GREEN : Tone.RED)
            .on(
                Widgets.label(
                    texts.text(rule.allow() ? "permissions.may" : "permissions.maynot"),
                    "rule-word"));
    may.setMinWidth(Region.USE_PREF_SIZE);
    var what = Widgets.label(rule.what().replace('\n', ' '), "mono");
    var about =
        Widgets.label(
            whom(rule)
                + literally(rule)
                + " · "
                + rule.tool()
                + " · "
                + texts.text("permissions.used", rule.used())
                + " · "
                + texts.ago(rule.at(), context.live().now().get()),
            "soft");
    var text = Widgets.grow(new VBox(2, what, about));
    text.setMinWidth(0);
    var line =
        new HBox(
            8,
            may,
            text,
            icon(
                rule.allow() ? Icon.CANCEL : Icon.CHECK,
                "permissions.turn",
                words,
                () -> turn(rule)),
            icon(Icon.EDIT, "permissions.edit", words, () -> edit(rule)),
            icon(Icon.CLOSE, "permissions.remove", words, () -> remove(rule)));
    line.setAlignment(Pos.CENTER_LEFT);
    line.getStyleClass().add("list-line");
    return line;
  }

  private Node icon(Icon icon, String key, String rule, Runnable action) {
    return context.act(Widgets.icon(icon, texts.text(key, rule), action, "flat"));
  }

  // ── what a person does ──────────────────────────────────────────────────────────────────────

  private void turn(PermissionRule rule) {
    set(rule, !rule.allow());
  }

  private void set(PermissionRule rule, boolean may) {
    context
        .steering()
        .execute(
            new Command.SetPermission(rule.agent(), rule.tool(), rule.what(), may, rule.literal()));
  }

  private void remove(PermissionRule rule) {
    context
        .steering()
        .execute(new Command.RemovePermission(rule.id()))
        .thenAccept(
            _ ->
                context
                    .notices()
                    .done(
                        texts.text("permissions.removed", words(rule)),
                        () -> set(rule, rule.allow())));
  }

  private void edit(PermissionRule rule) {
    edited = rule;
    var all = texts.text("permission.rule.all");
    agent.getItems().setAll(all);
    context.live().agents().all().forEach(a -> agent.getItems().add(a.id()));
    agent.setValue(rule == null || rule.agent() == null ? all : rule.agent());
    tool.setText(rule == null ? "" : rule.tool());
    what.setText(rule == null ? "" : rule.what());
    wild.setSelected(rule == null || !rule.literal());
    (rule == null || rule.allow() ? allow : forbid).setSelected(true);
    Widgets.show(form, true);
    (rule == null ? tool : what).requestFocus();
  }

  private void close() {
    edited = null;
    Widgets.show(form, false);
  }

  /** The new rule first: should that be refused, the old one stays. */
  private void save() {
    var before = edited;
    var rule =
        new Command.SetPermission(
            agent.getSelectionModel().getSelectedIndex() == 0 ? null : agent.getValue(),
            tool.getText().strip(),
            what.getText().strip(),
            allow.isSelected(),
            !wild.isSelected() && what.getText().contains("*"));
    context
        .steering()
        .execute(rule)
        .thenAccept(
            _ -> {
              close();
              boolean same =
                  before == null
                      || before.tool().equals(rule.tool())
                          && before.what().equals(rule.what())
                          && before.literal() == rule.literal()
                          && java.util.Objects.equals(before.agent(), rule.agent());
              if (!same) {
                context.steering().execute(new Command.RemovePermission(before.id()));
              }
            });
  }

  private void form() {
    tool.setPromptText(texts.text("permissions.tool.prompt"));
    what.setPromptText(texts.text("permissions.what.prompt"));
    what.getStyleClass().add("mono");
    var grid = new GridPane(12, 8);
    grid.getStyleClass().add("form");
    field(grid, "permissions.agent", agent);
    field(grid, "permissions.tool", tool);
    field(grid, "permissions.what", what);
    wild.setText(texts.text("permission.rule.wild"));
    what.textProperty().subscribe(now -> Widgets.show(wild, now.contains("*")));
    var group = new ToggleGroup();
    var either = new SegmentedButton(allow, forbid);
    either.setToggleGroup(group);
    List.of(allow, forbid).forEach(button -> button.setToggleGroup(group));
    Widgets.oneChosen(group, _ -> {});
    allow.setSelected(true);
    var save = context.act(texts.text("permissions.save"), this::save, "accent");
    save.disableProperty()
        .bind(
            tool.textProperty()
                .map(String::isBlank)
                .flatMap(none -> what.textProperty().map(w -> none || w.isBlank())));
    what.setOnAction(_ -> save.fire());
    form.getChildren()
        .setAll(
            grid,
            wild,
            Widgets.prose(texts.text("permission.rule.hint"), "muted"),
            Widgets.row(
                8,
                either,
                Widgets.spacer(),
                Widgets.button(texts.text("action.cancel"), this::close),
                save));
    form.getStyleClass().add("sunken");
  }

  private void field(GridPane grid, String key, Region control) {
    var label = Widgets.label(texts.text(key), "soft");
    label.setMinWidth(90);
    label.setLabelFor(control);
    control.setAccessibleText(texts.text(key));
    control.setMaxWidth(Double.MAX_VALUE);
    GridPane.setHgrow(control, Priority.ALWAYS);
    grid.addRow(grid.getRowCount(), label, control);
  }
}
