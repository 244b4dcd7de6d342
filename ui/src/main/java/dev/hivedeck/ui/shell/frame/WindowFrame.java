package dev.hivedeck.ui.shell.frame;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.alternative.AlternativeRegistration;
import dev.hivedeck.engine.protocol.alternative.AlternativeViews.Alternatives;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.remote.RemoteCommand;
import dev.hivedeck.engine.protocol.rollout.RolloutRegistration;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.service.ServiceRegistration;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.ui.feed.Connection;
import dev.hivedeck.ui.shell.AsyncCommandSender;
import dev.hivedeck.ui.shell.Dialogs;
import dev.hivedeck.ui.shell.Navigator;
import dev.hivedeck.ui.shell.OpenWorkspace;
import dev.hivedeck.ui.shell.Screen;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.WorkspaceSwitcher;
import dev.hivedeck.ui.shell.action.PaletteAction;
import dev.hivedeck.ui.shell.action.PlanImport;
import dev.hivedeck.ui.shell.notice.AttentionCounts;
import dev.hivedeck.ui.shell.notice.AttentionElsewhere;
import dev.hivedeck.ui.shell.notice.ErrorMessages;
import dev.hivedeck.ui.shell.notice.Notices;
import dev.hivedeck.ui.shell.notice.Toasts;
import dev.hivedeck.ui.shell.settings.ClosePolicy;
import dev.hivedeck.ui.shell.settings.Settings;
import dev.hivedeck.ui.shell.settings.WorkspaceMemory;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Theme;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.upgrade.Upgrades;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.Overlay;
import dev.hivedeck.ui.shell.widget.Sheet;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import javafx.application.Platform;
import javafx.geometry.Insets;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/**
 * The window's content on one workspace: bars, rail, and the screen one is at. It makes a screen
 * when it is first visited and keeps it, also while another workspace is shown.
 */
public final class WindowFrame extends StackPane implements Navigator, AutoCloseable {
  private static final double STEP = 0.1;
  private static final double WIDE = 1440;

  /** Remembers of a workspace which screen was shown. */
  private static final String SCREEN = "screen";

  private final Map<ScreenId, Function<ScreenContext, Screen>> makers;
  private final Map<ScreenId, Screen> screens = new HashMap<>();
  private final OpenWorkspace workspace;
  private final ScreenContext context;
  private final AsyncCommandSender steering;
  private final WorkspaceSwitcher workspaceSwitcher;
  private final TopBar top;
  private final NavigationRail navigationRail;
  private final StatusBar statusBar;
  private final StackPane content = new StackPane();
  private final VBox banners = new VBox();
  private final Overlay overlay = new Overlay();
  private final Palette palette;
  private final FrameSheets frameSheets;
  private final InboxPanel inbox;
  private ScreenId place;
  private final List<Runnable> onceLoaded = new ArrayList<>();
  private final Subscription watching;
  private boolean closed;
  private boolean asked;
  private boolean away;
  private boolean counting;
  private Next lastNext;

  /** What the frame needs besides the engine's API. */
  public record Kit(
      Texts texts,
      Dialogs dialogs,
      Settings settings,
      Theme theme,
      Clock clock,
      WorkspaceSwitcher workspaces,
      Optional<Upgrades> upgrades) {}

  /** Something that waits for the person, in one of the repositories. */
  private record Next(OpenWorkspace workspace, AttentionCounts.Waiting waiting) {}

  public WindowFrame(
      OpenWorkspace workspace, Kit kit, Map<ScreenId, Function<ScreenContext, Screen>> makers) {
    this.workspace = workspace;
    this.makers = makers;
    var live = workspace.live();
    this.workspaceSwitcher = kit.workspaces();
    var toasts = new Toasts(kit.texts());
    steering = new AsyncCommandSender(workspace.engine(), toasts);
    context =
        new ScreenContext(
            live,
            steering,
            this,
            kit.texts(),
            kit.dialogs(),
            toasts,
            kit.settings(),
            workspace.drafts(),
            kit.theme(),
            kit.clock(),
            kit.upgrades(),
            kit.workspaces());
    frameSheets = new FrameSheets(context, overlay);
    palette = new Palette(context, this::actions);
    inbox = new InboxPanel(context, overlay);
    top = new TopBar(context, this::palette, this::inbox, this::keys);
    var places = List.copyOf(this.makers.keySet());
    navigationRail = new NavigationRail(context, places);
    content.getStyleClass().add("content");
    var middle = new StackPane(content, banners);
    banners.setMaxHeight(Region.USE_PREF_SIZE);
    banners.setPickOnBounds(false);
    StackPane.setAlignment(banners, Pos.TOP_CENTER);
    middle.setMinSize(0, 0);
    content.setMinSize(0, 0);
    banners.heightProperty().subscribe(this::dock);
    content.hoverProperty().subscribe(this::dock);
    var shell = new BorderPane(middle);
    shell.setMinSize(0, 0);
    shell.setTop(top);
    shell.setLeft(navigationRail);
    statusBar = new StatusBar(context);
    shell.setBottom(statusBar);
    getStyleClass().add("frame");
    getChildren().addAll(shell, overlay, toasts);
    StackPane.setAlignment(toasts, Pos.BOTTOM_RIGHT);
    StackPane.setMargin(toasts, new Insets(0, 18, 40, 0));
    new KeyBindings(this, places).listen();

    widthProperty().subscribe(this::fit);
    watching =
        Subscription.combine(
            kit.theme().scale().subscribe(this::fit),
            kit.workspaces().watch(this::count),
            live.tasks().watch(this::count),
            live.agents().watch(this::count),
            live.changes().watch(this::count),
            live.decisions().watch(this::count),
            live.drift().watch(this::count),
            live.alerts().watch(this::count),
            live.things(AlternativeRegistration.TOPIC, Alternatives.class).watch(this::count),
            live.things(RolloutRegistration.ROLLOUT, Rollout.class).watch(this::count),
            live.things(ServiceRegistration.SERVICE, Service.class).watch(this::count),
            live.objectives().subscribe(_ -> count()),
            live.workspace().subscribe(_ -> renew()),
            live.connection().subscribe(_ -> renew()));
  }

  public ScreenContext desk() {
    return context;
  }

  /** Where one is; null while there is nothing to show. */
  public ScreenId place() {
    return place;
  }

  @Override
  public void to(ScreenId target) {
    to(target, null);
  }

  @Override
  public void to(ScreenId target, String id) {
    if (closed || !makers.containsKey(target) || context.live().workspace().get() == null) {
      return;
    }
    overlay.close();
    if (place != target) {
      if (place != null) {
        screens.get(place).hidden();
      }
      place = target;
      var screen = screens.computeIfAbsent(target, p -> makers.get(p).apply(context));
      content.getChildren().setAll(screen.node());
      navigationRail.choose(target);
      memory().put(SCREEN, target.name());
      screen.shown();
      focusList();
    }
    if (id != null) {
      screens.get(target).open(id);
    }
  }

  /** Everything one can do from anywhere. */
  public List<PaletteAction> actions() {
    var texts = context.texts();
    var actions = new ArrayList<PaletteAction>();
    makers
        .keySet()
        .forEach(
            p ->
                actions.add(
                    new PaletteAction(
                        texts.text("action.go", texts.text(p.key())),
                        p.icon(),
                        context.texts().keys(Hotkey.GO) + " " + p.letter(),
                        () -> to(p))));
    var w = context.live().workspace().get();
    if (w != null) {
      actions.add(
          w.started()
              ? action("action.rest", Icon.PAUSE, "", () -> send(new Command.PauseHive()))
              : action("action.work", Icon.PLAY, "", this::work));
      actions.add(action("action.park", Icon.PAUSE, "", () -> send(new Command.PauseHive(true))));
      if (context.live().agents().size() == 0) {
        actions.add(action("action.setup", Icon.FILE, "", this::setUp));
      }
      actions.add(action("action.newtask", Icon.ADD, "", this::newTask));
      actions.add(
          action("action.find-agents", Icon.AGENT, "", () -> to(ScreenId.AGENTS, FIND_AGENTS)));
      actions.add(action("action.import", Icon.IMPORT, "", new PlanImport(context)::choose));
      if (w.behind() > 0) {
        actions.add(
            action("action.update", Icon.UPDATE, "", () -> send(new Command.UpdateCheckout())));
      }
      if (w.upstream() != null) {
        actions.add(
            action("action.fetch", Icon.UPDATE, "", () -> send(new RemoteCommand.Fetch(true))));
        actions.add(action("action.push", Icon.UPDATE, "", () -> send(new RemoteCommand.Push())));
      }
      if (!w.trusted()) {
        actions.add(action("action.trust", Icon.SHIELD, "", this::review));
      }
      actions.add(
          action("action.config", Icon.EDIT, "", () -> to(ScreenId.SETTINGS, "config/agents")));
      actions.add(
          action("permissions.see", Icon.SHIELD, "", () -> to(ScreenId.SETTINGS, "permissions")));
      actions.add(action("action.reconcile", Icon.DRIFT, "", () -> send(new Command.Reconcile())));
    }
    actions.add(
        new PaletteAction(
            texts.text("palette.open.it"),
            Icon.SEARCH,
            context.texts().keys(Hotkey.PALETTE),
            this::palette));
    actions.add(action("key.inbox", Icon.ALERT, context.texts().keys(Hotkey.INBOX), this::inbox));
    if (Notices.unread(context.live()) > 0) {
      actions.add(action("inbox.read.all", Icon.CHECK, "", () -> send(new Command.ReadNotices())));
    }
    actions.add(action("key.next", Icon.WAITING, context.texts().keys(Hotkey.NEXT), () -> next(1)));
    actions.add(
        action(
            "key.previous", Icon.WAITING, context.texts().keys(Hotkey.PREVIOUS), () -> next(-1)));
    actions.add(action("action.theme", Icon.THEME_SYSTEM, "", context.theme()::toggle));
    actions.add(
        action("action.larger", Icon.ADD, context.texts().keys(Hotkey.LARGER), this::larger));
    actions.add(
        action("action.smaller", Icon.IDLE, context.texts().keys(Hotkey.SMALLER), this::smaller));
    actions.add(
        action(
            "action.normal",
            Icon.IDLE,
            context.texts().keys(Hotkey.NORMAL_SIZE),
            this::normalSize));
    actions.add(
        action(
            "action.rail", Icon.COLLAPSE, "", () -> navigationRail.fold(!navigationRail.folded())));
    actions.add(
        action("action.keys", Icon.KEYBOARD, context.texts().keys(Hotkey.KEYS), this::keys));
    actions.add(
        action(
            "action.open",
            Icon.FOLDER,
            "",
            () ->
                context
                    .dialogs()
                    .chooseFolder(texts.text("action.open"))
                    .ifPresent(workspaceSwitcher::open)));
    var all = workspaceSwitcher.all();
    for (int i = 0; i < all.size(); i++) {
      var other = all.get(i);
      if (other != workspace) {
        actions.add(
            new PaletteAction(
                texts.text("workspace.show", other.name()),
                Icon.HIVE,
                i < 9 ? texts.keys(Hotkey.WORKSPACE, i + 1) : "",
                () -> workspaceSwitcher.show(other)));
      }
    }
    actions.add(action("action.welcome", Icon.HIVE, "", workspaceSwitcher::leave));
    return actions;
  }

  @Override
  public void newTask(String requirement) {
    frameSheets.newTask(requirement);
  }

  @Override
  public void setUp() {
    context
        .steering()
        .query(new Query.ConfigSource())
        .whenComplete(
            (answer, failure) -> {
              if (getScene() == null) {
                return; // The person has left this workspace.
              }
              if (failure != null) {
                context.notices().failed(ErrorMessages.of(failure));
              } else if (Json.as(answer, Config.Source.class).text() == null) {
                workspaceSwitcher.setUp();
              } else {
                context.notices().say(context.texts().text("setup.there"));
                to(ScreenId.SETTINGS, "config/agents");
              }
            });
  }

  @Override
  public void work() {
    var w = context.live().workspace().get();
    if (context.live().agents().size() == 0) {
      context
          .notices()
          .failed(
              HiveException.Fault.of(
                  ErrorCode.NO_AGENTS,
                  context.texts().text("work.noagents"),
                  context.texts().text("work.noagents.hint")));
      to(ScreenId.AGENTS, FIND_AGENTS);
    } else if (!w.trusted()) {
      frameSheets.trust(w);
    } else {
      send(new Command.StartHive(0));
    }
  }

  /**
   * Asks what becomes of the work when the window leaves it.
   *
   * @param atWork where there is any
   */
  public void closing(List<OpenWorkspace> atWork, Consumer<ClosePolicy> chosen) {
    frameSheets.closing(atWork, chosen);
  }

  @Override
  public void sheet(Sheet sheet, Node first) {
    overlay.open(sheet, Pos.CENTER, () -> {});
    first.requestFocus();
  }

  @Override
  public void closeSheet() {
    overlay.close();
  }

  @Override
  public void review() {
    frameSheets.trust(context.live().workspace().get());
  }

  /** It is on the window again. */
  public void entered() {
    if (place != null && away) {
      screens.get(place).shown();
    }
    away = false;
    renew();
    if (!covered()) {
      focusList();
    }
  }

  /** Runs it, some time after that, once the workspace is known; never where it is left before. */
  public void onceLoaded(Runnable then) {
    if (context.live().workspace().get() != null) {
      Platform.runLater(then);
    } else {
      onceLoaded.add(then);
    }
  }

  /** Another workspace is shown in its place; it stays as it is. */
  public void left() {
    var screen = place == null ? null : screens.get(place); // None where it could not be made.
    workspace.left(place, screen == null ? null : screen.chosen());
    if (screen != null && !away) {
      screen.hidden();
    }
    away = true;
  }

  @Override
  public void close() {
    overlay.close();
    left();
    closed = true;
    onceLoaded.clear();
    watching.unsubscribe();
    top.close();
    statusBar.close();
    steering.close();
  }

  void palette() {
    palette.open(overlay);
  }

  void inbox() {
    inbox.open();
  }

  void keys() {
    frameSheets.keys(List.copyOf(makers.keySet()));
  }

  void larger() {
    context.theme().scale(context.theme().scale().get() + STEP);
  }

  void smaller() {
    context.theme().scale(context.theme().scale().get() - STEP);
  }

  void normalSize() {
    context.theme().scale(1);
  }

  boolean covered() {
    return overlay.isOpen();
  }

  /** Offers a letter to the screen; whether it was of use. */
  boolean typed(char letter) {
    return place != null && screens.get(place).typed(letter);
  }

  /** Leads the keyboard to what the screen is about, and answers what that is. */
  Node focusList() {
    var screen = place == null ? null : screens.get(place);
    var list = screen == null ? null : screen.list();
    if (list != null && !seen(list)) {
      screen.node().applyCss(); // What splits a screen holds its halves only once it is dressed.
    }
    if (screen != null && (list == null || !seen(list))) {
      list = firstList(screen.node());
    }
    var wanted = list == null ? this : list;
    wanted.requestFocus();
    return wanted;
  }

  /** Leads the keyboard to where the list is narrowed; where there is no such field, to all. */
  void filter() {
    var field = place == null ? null : screens.get(place).filter();
    if (field == null || !seen(field)) {
      palette();
    } else {
      field.requestFocus();
      field.selectAll();
    }
  }

  /** Goes to the next thing that waits for the person, or the one before, wherever it is. */
  void next(int step) {
    var waiting = new ArrayList<Next>();
    for (var open : workspaceSwitcher.all()) {
      AttentionCounts.waiting(open.live()).forEach(w -> waiting.add(new Next(open, w)));
    }
    if (waiting.isEmpty()) {
      context.notices().say(context.texts().text("next.none"));
      return;
    }
    var here = place == null ? null : screens.get(place).chosen();
    int at = waiting.indexOf(new Next(workspace, new AttentionCounts.Waiting(place, here)));
    at = at < 0 ? waiting.indexOf(lastNext) : at;
    lastNext = waiting.get(at < 0 ? first(waiting) : Math.floorMod(at + step, waiting.size()));
    go(lastNext);
  }

  private int first(List<Next> waiting) {
    return IntStream.range(0, waiting.size())
        .filter(i -> waiting.get(i).workspace() == workspace)
        .findFirst()
        .orElse(0);
  }

  private void go(Next next) {
    var there = next.workspace() == workspace ? this : workspaceSwitcher.show(next.workspace());
    there.to(next.waiting().place(), next.waiting().id());
  }

  /** Shows the repository that has this key, if one has. */
  void workspace(int key) {
    var all = workspaceSwitcher.all();
    if (key <= all.size()) {
      workspaceSwitcher.show(all.get(key - 1));
    }
  }

  private static boolean seen(Node node) {
    for (var n = node; n != null; n = n.getParent()) {
      if (!n.isVisible()) {
        return false;
      }
    }
    return node.getScene() != null;
  }

  private static Node firstList(Node node) {
    if (KeyBindings.list(node) && node.isVisible()) {
      return node;
    }
    if (node instanceof Parent parent && node.isVisible()) {
      for (var child : parent.getChildrenUnmodifiable()) {
        var found = firstList(child);
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  // A banner makes room for itself when the pointer is elsewhere: no button moves under it.
  private void dock() {
    if (!content.isHover()) {
      StackPane.setMargin(content, new Insets(banners.getHeight(), 0, 0, 0));
    }
  }

  // Widths count in normal letters: large text has as little room as a small window.
  private void fit() {
    var scale = context.theme().scale().get();
    var room = getWidth() == 0 ? WIDE : getWidth() / scale;
    navigationRail.fit(room < 1000, scale);
    top.fit(room);
  }

  private PaletteAction action(String key, Icon icon, String keys, Runnable run) {
    return new PaletteAction(context.texts().text(key), icon, keys, run);
  }

  private void send(Command command) {
    context.steering().execute(command);
  }

  private WorkspaceMemory memory() {
    return context.settings().of(context.live().workspace().get().path());
  }

  // Several kinds of things change in one pulse; they are counted once after it.
  private void count() {
    if (!counting && !closed) {
      counting = true;
      Platform.runLater(
          () -> {
            counting = false;
            if (closed) {
              return;
            }
            var counts = AttentionCounts.of(context.live());
            var elsewhere = AttentionElsewhere.than(context.live(), workspaceSwitcher.all());
            top.show(counts, elsewhere);
            navigationRail.show(context.live(), counts, elsewhere);
          });
    }
  }

  private void renew() {
    if (closed) {
      return;
    }
    var live = context.live();
    var w = live.workspace().get();
    var connection = live.connection().get();
    if (w == null) {
      content
          .getChildren()
          .setAll(
              connection.state() == Connection.State.FAILED
                  ? EmptyState.failed(context.texts(), connection.fault(), live::reload)
                  : EmptyState.loading(context.texts().text("bar.loading")));
      return;
    }
    content.pseudoClassStateChanged(
        javafx.css.PseudoClass.getPseudoClass("stale"), !connection.live());
    onceLoaded.forEach(Platform::runLater);
    onceLoaded.clear();
    if (place == null) {
      to(remembered(), workspace.chosen());
    }
    count();
    banners(w, connection);
    if (!asked && getScene() != null) {
      // Once, as a workspace is opened; later there is the banner, and nobody is interrupted.
      asked = true;
      if (!w.trusted() && !covered() && !KeyBindings.writing(getScene().getFocusOwner())) {
        frameSheets.trust(w);
      }
    }
  }

  private ScreenId remembered() {
    if (workspace.screen() != null && makers.containsKey(workspace.screen())) {
      return workspace.screen();
    }
    String last = memory().text(SCREEN, ScreenId.OVERVIEW.name());
    return makers.keySet().stream()
        .filter(screen -> screen.name().equals(last))
        .findFirst()
        .orElse(ScreenId.OVERVIEW);
  }

  private void banners(WorkspaceViews.Workspace w, Connection c) {
    var texts = context.texts();
    var shown = new ArrayList<Node>();
    if (!c.live() && c.state() != Connection.State.LOADING) {
      var acts = Widgets.row(8, Widgets.button(texts.text("action.retry"), context.live()::reload));
      if (workspaceSwitcher.canStart()) {
        acts.getChildren().add(starting());
      }
      var lost = c.state() == Connection.State.FAILED && c.fault() != null;
      var words =
          Widgets.label(
              lost ? texts.said(c.fault().message()) + " " + texts.said(c.fault().hint()) : "");
      if (!lost) {
        words
            .textProperty()
            .bind(
                context
                    .live()
                    .wall()
                    .map(
                        _ ->
                            texts.text(
                                "banner.away", texts.ago(c.since(), context.clock().instant()))));
      }
      shown.add(banner(lost ? Tone.RED : Tone.AMBER, Icon.DISCONNECTED, words, acts));
    }
    if (!w.trusted()) {
      shown.add(
          banner(
              Tone.AMBER,
              Icon.SHIELD,
              Widgets.label(Printable.line(texts.said(w.consent().why()))),
              Widgets.button(texts.text("banner.untrusted.look"), this::review, "accent")));
    }
    if (w.problems() != null && !w.problems().isEmpty()) {
      var first = texts.said(w.problems().getFirst());
      var text =
          w.problems().size() == 1
              ? first
              : texts.text("banner.problems", first, w.problems().size() - 1);
      shown.add(
          banner(
              Tone.RED,
              Icon.WARNED,
              Widgets.label(text),
              Widgets.button(
                  texts.text("banner.problems.look"), () -> to(ScreenId.SETTINGS, "workspace"))));
    }
    banners.getChildren().setAll(shown);
  }

  /** Brings the engine back, in this program; where another one hangs, in its place. */
  private Button starting() {
    var button = Widgets.button(context.texts().text("banner.start"), () -> {});
    button.setOnAction(_ -> start(button, false));
    return button;
  }

  private void start(Button button, boolean takeOver) {
    var texts = context.texts();
    button.setDisable(true);
    Thread.ofVirtual()
        .name("start-engine")
        .start(
            () -> {
              HiveException refused = null;
              try {
                workspaceSwitcher.start(takeOver);
              } catch (HiveException e) {
                refused = e;
              }
              var fault = refused;
              Platform.runLater(
                  () -> {
                    button.setDisable(false);
                    if (fault == null) {
                      context.live().reload();
                    } else if (fault.is(ErrorCode.SECOND_ENGINE) && !takeOver) {
                      button.setText(texts.text("banner.takeover"));
                      button.setOnAction(_ -> takeOver(button));
                      context.notices().failed(fault.fault());
                    } else {
                      context.notices().failed(fault.fault());
                    }
                  });
            });
  }

  private void takeOver(Button button) {
    var texts = context.texts();
    if (context
        .dialogs()
        .confirm(
            texts.text("takeover.title"),
            texts.text("takeover.will"),
            texts.text("takeover.verb"))) {
      start(button, true);
    }
  }

  private static HBox banner(Tone tone, Icon icon, Label words, Node action) {
    var banner = Widgets.row(10, tone.on(icon.node()), Widgets.grow(words), action);
    banner.setMinHeight(Region.USE_PREF_SIZE);
    banner
        .getStyleClass()
        .addAll("banner", "banner-" + tone.name().toLowerCase(java.util.Locale.ROOT));
    return banner;
  }
}
