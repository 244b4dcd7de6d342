package dev.hivedeck.ui.shell.frame;

import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.ui.live.LiveModel;
import dev.hivedeck.ui.shell.Navigator;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.action.PaletteAction;
import dev.hivedeck.ui.shell.notice.AttentionCounts;
import dev.hivedeck.ui.shell.notice.Notices;
import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.Overlay;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javafx.application.Platform;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.control.ListView;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.VBox;

/** Finds everything by a few letters: commands, screens and every thing there is. */
final class Palette extends VBox {
  private static final int SHOWN = 60;
  private static final List<String> SECTIONS =
      List.of("look", "workspace", "trust", "permissions", "notifications", "drift", "kept");

  /** What of hive.yaml has a form. */
  private static final List<String> FORMS =
      List.of("agents", "gates", "parallel", "budgets", "channels", "editor");

  /** One thing to find; {@code text} is what is searched, in lower case. */
  private record Entry(
      Icon icon,
      String id,
      String thing,
      String title,
      String kind,
      String keys,
      String text,
      int weight,
      Runnable run) {}

  /** What waits for the person comes first where nothing is looked for yet. */
  private static final int PRESSING = 200;

  private final LiveModel live;
  private final Navigator go;
  private final Texts texts;
  private final PaletteCommands paletteCommands;
  private final Supplier<List<PaletteAction>> actions;
  private final TextField input = new TextField();
  private final ListView<Entry> list = new ListView<>();
  private final Label count = Widgets.label("", "muted");
  private final AtomicInteger generation = new AtomicInteger();
  private volatile List<Entry> entries = List.of();
  private volatile Map<String, Integer> pressing = Map.of();
  private Runnable close = () -> {};

  Palette(ScreenContext context, Supplier<List<PaletteAction>> actions) {
    this.live = context.live();
    this.go = context.go();
    this.texts = context.texts();
    this.paletteCommands = new PaletteCommands(context);
    this.actions = actions;
    getStyleClass().addAll("paper", "palette");
    input.setPromptText(texts.text("palette.prompt"));
    input.setAccessibleText(texts.text("palette.prompt"));
    input.getStyleClass().add("palette-input");
    list.getStyleClass().add("palette-list");
    list.setAccessibleText(texts.text("palette.results"));
    list.setFocusTraversable(false);
    list.setFixedCellSize(36);
    list.setPlaceholder(Widgets.prose(texts.text("palette.none"), "muted"));
    list.setCellFactory(_ -> new Cell());
    input.textProperty().subscribe(_ -> search());
    input.addEventFilter(KeyEvent.KEY_PRESSED, this::key);
    var foot =
        Widgets.row(
            12,
            Widgets.key("↑ ↓"),
            Widgets.label(texts.text("palette.move"), "muted"),
            Widgets.key(texts.keys(Hotkey.OPEN)),
            Widgets.label(texts.text("palette.open"), "muted"),
            Widgets.key(texts.keys(Hotkey.BACK)),
            Widgets.label(texts.text("palette.dismiss"), "muted"),
            Widgets.spacer(),
            count);
    foot.getStyleClass().add("palette-foot");
    getChildren().addAll(input, list, foot);
  }

  void open(Overlay overlay) {
    close = overlay::close;
    entries = gather();
    input.clear();
    search();
    overlay.open(this, javafx.geometry.Pos.TOP_CENTER, () -> entries = List.of());
    input.requestFocus();
  }

  private List<Entry> gather() {
    var all = new ArrayList<Entry>(live.tasks().size() + 200);
    for (var paletteAction : actions.get()) {
      all.add(
          entry(
              paletteAction.icon(),
              "",
              paletteAction.name(),
              "palette.command",
              paletteAction.keys(),
              8,
              paletteAction.run()));
    }
    for (var d : live.decisions().all()) {
      all.add(
          entry(
              Icon.DECISION,
              d.id(),
              texts.asked(d, d.question()),
              "palette.decision",
              "",
              d.state() == DecisionViews.DecisionState.OPEN ? 6 : 0,
              () -> go.to(ScreenId.DECISIONS, d.id())));
    }
    for (var n : live.notices().all()) {
      all.add(
          entry(
              Icon.ALERT,
              n.id(),
              texts.said(n.title()),
              "palette.notice",
              "",
              n.readAt() == null ? 5 : 0,
              () -> Notices.open(go, n)));
    }
    for (var o : live.objectives().get()) {
      all.add(
          entry(
              Icon.OBJECTIVE,
              o.name(),
              o.description().isEmpty() ? o.kind() : o.description(),
              "palette.objective",
              "",
              AttentionCounts.burning(o) ? 6 : 0,
              () -> go.to(ScreenId.SLOS, o.name())));
    }
    for (var a : live.agents().all()) {
      all.add(
          entry(
              Icon.AGENT,
              a.id(),
              a.role() == null ? "" : a.role(),
              "palette.agent",
              "",
              5,
              () -> go.to(ScreenId.AGENTS, a.id())));
    }
    for (var c : live.changes().all()) {
      all.add(
          entry(
              Icon.CHANGE,
              "#" + c.number(),
              c.title(),
              "palette.change",
              "",
              3,
              () -> go.to(ScreenId.CHANGES, c.id()),
              c.id()));
    }
    for (var r : live.requirements().all()) {
      all.add(
          entry(
              Icon.REQUIREMENT,
              r.id(),
              r.title(),
              "palette.requirement",
              "",
              3,
              () -> go.to(ScreenId.PLAN, r.id())));
    }
    for (var t : live.tasks().all()) {
      all.add(
          entry(
              Icon.TASK,
              t.id(),
              t.title(),
              "palette.task",
              "",
              2,
              () -> go.to(ScreenId.TASKS, t.id())));
    }
    for (var l : live.lessons().all()) {
      all.add(
          entry(
              Icon.LESSON,
              l.id(),
              DisplayText.template(l.text()),
              "palette.lesson",
              "",
              1,
              () -> go.to(ScreenId.LESSONS, l.id())));
    }
    for (var a : live.attempts().all()) {
      all.add(
          entry(
              Icon.RUNNING,
              a.id(),
              a.agent() + live.tasks().get(a.task()).map(t -> " · " + t.title()).orElse(""),
              "palette.attempt",
              "",
              0,
              () -> go.to(ScreenId.TASKS, a.id())));
    }
    for (var k : live.kept().all()) {
      all.add(
          entry(
              Icon.KEPT,
              k.attempt() != null ? k.attempt() : k.task() != null ? k.task() : "",
              texts.said(k.why()),
              "palette.kept",
              "",
              0,
              () -> go.to(ScreenId.SETTINGS, "kept")));
    }
    for (var section : SECTIONS) {
      all.add(
          entry(
              Icon.SETTINGS,
              "",
              texts.text("settings." + section),
              "palette.setting",
              "",
              4,
              () -> go.to(ScreenId.SETTINGS, section)));
    }
    for (var form : FORMS) {
      all.add(
          entry(
              Icon.SETTINGS,
              "",
              texts.text("settings.config") + " · " + texts.text("config.section." + form),
              "palette.setting",
              "",
              4,
              () -> go.to(ScreenId.SETTINGS, "config/" + form)));
    }
    pressing = new HashMap<>();
    var waiting = AttentionCounts.waiting(live);
    for (int i = 0; i < waiting.size(); i++) {
      pressing.put(waiting.get(i).id(), PRESSING - Math.min(i, PRESSING / 2));
    }
    return all;
  }

  private Entry entry(
      Icon icon, String id, String title, String kind, String keys, int weight, Runnable run) {
    return entry(icon, id, title, kind, keys, weight, run, id);
  }

  /**
   * @param thing its id, where people call it otherwise
   */
  private Entry entry(
      Icon icon,
      String id,
      String title,
      String kind,
      String keys,
      int weight,
      Runnable run,
      String thing) {
    var text = (id.isEmpty() ? title : id + " " + title).toLowerCase(Locale.ROOT);
    return new Entry(icon, id, thing, title, kind, keys, text, weight, run);
  }

  // Off the FX thread: a plan may have 100,000 tasks.
  private void search() {
    var mine = generation.incrementAndGet();
    var query = input.getText();
    var all = entries;
    var deeds =
        paletteCommands.meant(query).stream()
            .map(d -> new Entry(d.icon(), "", "", d.name(), "palette.deed", "", "", 0, d.run()))
            .toList();
    var first = pressing;
    boolean nothing = query.isBlank();
    Thread.ofVirtual()
        .name("palette")
        .start(
            () -> {
              var best =
                  FuzzyMatcher.best(
                      query,
                      all,
                      Entry::text,
                      e -> e.weight() + first.getOrDefault(e.thing(), 0) / (nothing ? 1 : 25),
                      SHOWN,
                      () -> generation.get() != mine);
              Platform.runLater(
                  () -> {
                    if (generation.get() == mine) {
                      var found = new ArrayList<>(deeds);
                      found.addAll(best);
                      list.getItems().setAll(found);
                      list.getSelectionModel().selectFirst();
                      list.scrollTo(0);
                      count.setText(texts.text("palette.count", all.size()));
                    }
                  });
            });
  }

  private void key(KeyEvent e) {
    var selection = list.getSelectionModel();
    if (Hotkey.DOWN.pressed(e)) {
      selection.selectNext();
    } else if (Hotkey.UP.pressed(e)) {
      selection.selectPrevious();
    } else if (Hotkey.PAGE_DOWN.pressed(e)) {
      selection.select(Math.min(list.getItems().size() - 1, selection.getSelectedIndex() + 9));
    } else if (Hotkey.PAGE_UP.pressed(e)) {
      selection.select(Math.max(0, selection.getSelectedIndex() - 9));
    } else if (Hotkey.OPEN.pressed(e)) {
      choose();
    } else {
      return;
    }
    list.scrollTo(Math.max(0, selection.getSelectedIndex() - 4));
    e.consume();
  }

  private void choose() {
    var entry = list.getSelectionModel().getSelectedItem();
    if (entry != null) {
      close.run();
      entry.run().run();
    }
  }

  private final class Cell extends ListCell<Entry> {
    private final Label id = Widgets.label("", "mono", "muted");
    private final Label title = Widgets.label("", "palette-title");
    private final Label kind = Widgets.label("", "muted");
    private final Label keys = Widgets.key("");
    private final HBox box = Widgets.row(10);

    Cell() {
      setPrefWidth(0);
      // Not the list: a click beside the rows means none of them.
      setOnMouseClicked(
          _ -> {
            if (!isEmpty()) {
              choose();
            }
          });
    }

    @Override
    protected void updateItem(Entry entry, boolean empty) {
      super.updateItem(entry, empty);
      if (empty || entry == null) {
        setGraphic(null);
        setAccessibleText(null);
        return;
      }
      id.setText(entry.id());
      id.setMinWidth(USE_PREF_SIZE);
      Widgets.show(id, !entry.id().isEmpty());
      title.setText(entry.title());
      kind.setText(texts.text(entry.kind()));
      kind.setMinWidth(USE_PREF_SIZE);
      keys.setText(entry.keys());
      Widgets.show(keys, !entry.keys().isEmpty());
      box.getChildren().setAll(entry.icon().node(), id, title, Widgets.spacer(), keys, kind);
      setAccessibleText(texts.text(entry.kind()) + " " + entry.id() + " " + entry.title());
      setGraphic(box);
    }
  }
}
