package dev.hivedeck.ui.shell.frame;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.notice.AttentionCounts;
import dev.hivedeck.ui.shell.notice.AttentionElsewhere;
import dev.hivedeck.ui.shell.notice.Notices;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Duration;
import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.geometry.Side;
import javafx.scene.control.Button;
import javafx.scene.control.ContentDisplay;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.Label;
import javafx.scene.control.MenuItem;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;
import javafx.util.Subscription;

/** Where one is, the way to everything, and what needs a person. */
final class TopBar extends HBox {
  /** More unread notices are not counted out. */
  private static final int MANY = 99;

  private static final PseudoClass UNREAD = PseudoClass.getPseudoClass("unread");

  private final ScreenContext context;
  private final Texts texts;
  private final WorkspaceMenu workspace;
  private final MainBranchButton branch;
  private final Button update;
  private final Pill live;
  private final Pill decisions;
  private final Pill alerts;
  private final Button bell;
  private final Button theme;
  private final Button help;
  private final Label product;
  private boolean tight;
  private boolean narrow;
  private final Subscription watching;
  private AttentionCounts attentionCounts = AttentionCounts.NONE;
  private AttentionElsewhere elsewhere = AttentionElsewhere.NONE;

  TopBar(ScreenContext context, Runnable palette, Runnable inbox, Runnable keys) {
    super(10);
    this.context = context;
    this.texts = context.texts();
    getStyleClass().add("top-bar");
    setAlignment(Pos.CENTER_LEFT);

    var hexagon = Icon.HIVE.node();
    hexagon.getStyleClass().add("hive-mark");
    product = Widgets.label("Hivedeck", "product");
    product.setMinWidth(Region.USE_PREF_SIZE);

    workspace = new WorkspaceMenu(context);
    branch = new MainBranchButton(texts, () -> context.go().to(ScreenId.SETTINGS));
    update =
        context.act(
            "",
            () -> context.steering().execute(new Command.UpdateCheckout()),
            "bar-button",
            "tone-blue");
    update.setGraphic(Icon.UPDATE.node());
    Widgets.show(update, false);

    var search = Widgets.button(null, palette, "search-field");
    var prompt = Widgets.label(texts.text("bar.search"), "muted");
    var inner =
        Widgets.row(
            8,
            Icon.SEARCH.node(),
            prompt,
            Widgets.spacer(),
            Widgets.key(texts.keys(Hotkey.PALETTE)));
    inner.prefWidthProperty().bind(search.widthProperty().subtract(26));
    search.setGraphic(inner);
    search.setAccessibleText(texts.text("bar.search"));
    search.setMinWidth(90);
    prompt.setMinWidth(0);
    search.setPrefWidth(460);
    search.setMaxWidth(460);
    HBox.setHgrow(search, javafx.scene.layout.Priority.SOMETIMES);

    live =
        new Pill(
            () -> {
              if (!context.live().connection().get().live()) {
                context.live().reload();
              }
            });
    decisions = new Pill(() -> context.go().to(ScreenId.DECISIONS));
    alerts = new Pill(this::showAlerts);
    bell = Widgets.icon(Icon.ALERT, texts.text("inbox"), inbox, "round", "bell");
    bell.setContentDisplay(ContentDisplay.LEFT);
    theme =
        Widgets.icon(
            Icon.THEME_LIGHT, texts.text("action.theme"), context.theme()::toggle, "round");
    help = Widgets.icon(Icon.HELP, texts.text("action.keys"), keys, "round");

    getChildren()
        .addAll(
            Widgets.row(7, hexagon, product),
            workspace,
            branch,
            update,
            Widgets.spacer(),
            search,
            Widgets.spacer(),
            live,
            decisions,
            alerts,
            bell,
            help,
            theme);

    show(AttentionCounts.NONE, AttentionElsewhere.NONE);
    watching =
        Subscription.combine(
            context.live().workspace().subscribe(w -> show(w)),
            context.live().connection().subscribe(_ -> showLive()),
            context.live().wall().subscribe(_ -> showLive()),
            context.live().notices().watch(this::showUnread),
            context
                .theme()
                .look()
                .subscribe(
                    appearance ->
                        theme.setGraphic(
                            (appearance.dark() ? Icon.THEME_LIGHT : Icon.THEME_DARK).node())));
  }

  private void showUnread() {
    long unread = Notices.unread(context.live()) + elsewhere.unread();
    var text = unread == 0 ? "" : unread > MANY ? MANY + "+" : String.valueOf(unread);
    if (!text.equals(bell.getText())) {
      bell.setText(text);
      bell.pseudoClassStateChanged(UNREAD, unread > 0);
      Widgets.name(bell, texts.text("inbox") + ": " + texts.text("inbox.unread", unread));
    }
  }

  private void show(WorkspaceViews.Workspace w) {
    workspace.show(w);
    if (w == null) {
      Widgets.show(branch, false);
      return;
    }
    Widgets.show(branch, !narrow);
    branch.show(w);
    showUpdate();
    Widgets.name(update, texts.text("bar.behind.more", w.main(), w.behind(), w.checkout()));
  }

  private void showLive() {
    var c = context.live().connection().get();
    var now = context.live().wall().get();
    var latest = context.live().latest().get();
    switch (c.state()) {
      case LIVE -> {
        var age = latest == null ? null : Duration.between(latest.at(), now);
        live.show(
            Tone.GREEN,
            age == null ? texts.text("bar.live") : texts.text("bar.live.age", texts.roughly(age)),
            latest == null
                ? texts.text("bar.live")
                : texts.text("bar.live.more", texts.moment(latest.at())));
      }
      case LOADING -> live.show(Tone.BLUE, texts.text("bar.loading"), texts.text("bar.loading"));
      case RECONNECTING ->
          live.show(
              Tone.AMBER,
              texts.text("bar.cut", texts.roughly(Duration.between(c.since(), now))),
              texts.text("bar.reconnecting.more"));
      case FAILED ->
          live.show(
              Tone.RED,
              texts.text("bar.failed"),
              c.fault() == null ? "" : texts.said(c.fault().message()));
    }
  }

  /**
   * Leaves out what has no room, the least needed first.
   *
   * @param room the width in pixels at normal text size
   */
  void fit(double room) {
    workspace.worded(room > 1340);
    tight = room < 1240;
    Widgets.show(branch, room > 1100 && context.live().workspace().get() != null);
    Widgets.show(product, room > 1000);
    Widgets.show(help, room > 900);
    live.brief(room < 980);
    decisions.brief(room < 860);
    alerts.brief(room < 860);
    narrow = room <= 1100;
    showUpdate();
  }

  private void showUpdate() {
    var w = context.live().workspace().get();
    Widgets.show(update, w != null && w.behind() > 0);
    if (w != null) {
      update.setText(texts.text(tight ? "bar.behind.short" : "bar.behind", w.behind()));
    }
  }

  /** Lets go of what outlives the bar. */
  void close() {
    watching.unsubscribe();
  }

  void show(AttentionCounts here, AttentionElsewhere others) {
    attentionCounts = here;
    elsewhere = others;
    workspace.show(others);
    show(decisions, Tone.AMBER, "bar.decisions", here.decisions(), others.decisions());
    show(alerts, Tone.RED, "bar.alerts", here.alerts(), others.alerts());
    showUnread();
  }

  private void show(Pill pill, Tone tone, String key, int here, int others) {
    int all = here + others;
    var more = texts.text(key + ".more", all);
    pill.show(
        all > 0 ? tone : Tone.NEUTRAL,
        texts.text(key, all),
        others > 0 ? more + "\n" + texts.text("bar.elsewhere", others) : more);
  }

  private void showAlerts() {
    var menu = new ContextMenu();
    var items = menu.getItems();
    attentionCounts.dead().stream()
        .limit(8)
        .forEach(
            id -> {
              var title = context.live().tasks().get(id).map(TaskViews.Task::title).orElse("");
              items.add(
                  item(
                      Icon.FAILED,
                      texts.text("alert.dead", id, title),
                      () -> context.go().to(ScreenId.TASKS, id)));
            });
    attentionCounts.stuck().stream()
        .limit(8)
        .forEach(
            id -> {
              var change = context.live().changes().get(id);
              items.add(
                  item(
                      Icon.CHANGE,
                      texts.text(
                          "alert.stuck",
                          change.map(c -> "#" + c.number()).orElse(id),
                          change.map(ChangeViews.Change::title).orElse("")),
                      () -> context.go().to(ScreenId.CHANGES, id)));
            });
    attentionCounts
        .failing()
        .forEach(
            id ->
                items.add(
                    item(
                        Icon.AGENT,
                        texts.text("alert.agent", id),
                        () -> context.go().to(ScreenId.AGENTS, id))));
    attentionCounts.burning().stream()
        .limit(8)
        .forEach(
            name ->
                items.add(
                    item(
                        Icon.OBJECTIVE,
                        texts.text("alert.objective", name),
                        () -> context.go().to(ScreenId.SLOS, name))));
    attentionCounts.firing().stream()
        .limit(8)
        .flatMap(id -> context.live().alerts().get(id).stream())
        .forEach(
            alert ->
                items.add(
                    item(
                        Icon.ALERT,
                        texts.said(alert.texts().getOrDefault("summary", alert.objective())),
                        () -> context.go().to(ScreenId.SLOS, alert.objective()))));
    if (attentionCounts.drift() > 0) {
      items.add(
          item(
              Icon.DRIFT,
              texts.text("alert.drift", attentionCounts.drift()),
              () -> context.go().to(ScreenId.SETTINGS, "drift")));
    }
    if (attentionCounts.problems() > 0) {
      items.add(
          item(
              Icon.WARNED,
              texts.text("alert.problems", attentionCounts.problems()),
              () -> context.go().to(ScreenId.SETTINGS, "workspace")));
    }
    for (var other : context.workspaces().all()) {
      int wrong = other.live() == context.live() ? 0 : AttentionCounts.of(other.live()).alerts();
      if (wrong > 0) {
        items.add(
            item(
                Icon.HIVE,
                texts.text("alert.elsewhere", other.name(), wrong),
                () -> context.workspaces().show(other)));
      }
    }
    if (items.isEmpty()) {
      items.add(item(Icon.PASSED, texts.text("alert.none"), () -> {}));
    }
    menu.show(alerts, Side.BOTTOM, 0, 4);
  }

  private static MenuItem item(Icon icon, String text, Runnable run) {
    return Widgets.menuItem(icon, text, true, run);
  }
}
