package dev.hivedeck.ui;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.NotifyViews;
import dev.hivedeck.ui.shell.Dialogs;
import dev.hivedeck.ui.shell.Navigator;
import dev.hivedeck.ui.shell.OpenWorkspace;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.SystemDialogs;
import dev.hivedeck.ui.shell.WorkspaceSwitcher;
import dev.hivedeck.ui.shell.frame.WindowFrame;
import dev.hivedeck.ui.shell.notice.ErrorMessages;
import dev.hivedeck.ui.shell.notice.Notices;
import dev.hivedeck.ui.shell.settings.ClosePolicy;
import dev.hivedeck.ui.shell.settings.Settings;
import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Theme;
import dev.hivedeck.ui.shell.upgrade.ProgramUpgrades;
import dev.hivedeck.ui.shell.upgrade.UpgradeState;
import dev.hivedeck.ui.shell.upgrade.Upgrades;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.FxExceptionHandler;
import dev.hivedeck.ui.shell.widget.Widgets;
import dev.hivedeck.ui.view.welcome.FirstRunPage;
import dev.hivedeck.ui.view.welcome.MachineFindings;
import dev.hivedeck.ui.view.welcome.WelcomeScreen;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javafx.application.Platform;
import javafx.geometry.Rectangle2D;
import javafx.scene.Scene;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.stage.Stage;
import javafx.util.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The window: the workspaces that are open, one of which is shown, or the welcome screen while none
 * is. Whoever starts it says, as its {@link Host}, how a folder becomes an engine. All methods
 * belong to the FX thread.
 */
public final class Desktop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Desktop.class);
  private static final double WIDTH = 1440;
  private static final double HEIGHT = 900;

  /** How far a window is moved from the one that stands where it would. */
  private static final double ASIDE = 32;

  /** Of how many workspaces in the background the screens are kept as they were left. */
  private static final int KEPT = 2;

  /** Remembers of a workspace that the person wants no first {@code hive.yaml} proposed. */
  private static final String DECLINED = "first";

  /** What the desktop asks of the program it runs in; called off the FX thread, may block. */
  public interface Host {
    /**
     * Connects to the engine of a repository, starting one where none runs.
     *
     * @throws HiveException when that is not possible
     */
    EngineApi open(Path folder);

    /** Whether there is a demo to try. */
    default boolean hasDemo() {
      return false;
    }

    /** Makes the sample workspace and starts it. */
    default EngineApi demo() {
      throw new HiveException(ErrorCode.NO_DEMO, "There is no demo here.", "Open a repository.");
    }

    /** The desktop closes that engine's API, and will say {@link #left}; returns at once. */
    default void leaving(EngineApi engine) {}

    /**
     * The desktop is done with that engine; an API that is {@link AutoCloseable} is closed already.
     */
    default void left(EngineApi engine) {}

    /** Whether that engine is part of this program, and ends with it. */
    default boolean owns(EngineApi engine) {
      return false;
    }

    /**
     * That engine is to work on when the desktop has left it.
     *
     * @throws HiveException when that is not possible
     */
    default void keep(EngineApi engine) {}

    /**
     * Shows a notice as the system shows such, beside the window; called on the FX thread, returns
     * at once.
     *
     * @param urgent whether it is to stay until somebody has seen it
     */
    default void tell(String title, String text, boolean urgent) {}

    /** A look at what is on this machine, which may take a while; empty where nobody looks. */
    default Optional<Supplier<MachineFindings>> machine() {
      return Optional.empty();
    }

    /** How newer versions of the program come here; empty where somebody else sees to that. */
    default Optional<ProgramUpgrades> upgrades() {
      return Optional.empty();
    }

    /** Whether {@link #start} is of use. */
    default boolean canStart() {
      return false;
    }

    /**
     * Starts an engine in this program for an API whose engine is gone; that finds it.
     *
     * @param takeOver ends an engine that holds the workspace and does not answer
     * @throws HiveException {@code second-engine} when another one holds the workspace
     */
    default void start(EngineApi engine, Path folder, boolean takeOver) {
      throw new HiveException(
          ErrorCode.NO_ENGINE,
          "This program cannot start an engine.",
          "Start one with hivedeck serve.");
    }
  }

  /**
   * @param settings file to remember things in; null for none
   * @param dialogs null for those of the system
   */
  public record Options(Path settings, Clock clock, ZoneId zone, Dialogs dialogs) {
    public static Options of(Path settings) {
      return new Options(settings, Clock.systemUTC(), ZoneId.systemDefault(), null);
    }
  }

  private final Stage stage;
  private final Host host;
  private final Options options;
  private final Settings settings;
  private final Theme theme;
  private final FxExceptionHandler fxExceptionHandler;
  private final Optional<Upgrades> upgrades;
  private StackPane root = new StackPane();
  private Texts texts;
  private Dialogs dialogs;
  private final Workspaces workspaces;

  /** The screens of each, those that were left longest ago first. */
  private final Map<OpenWorkspace, WindowFrame> frames = new LinkedHashMap<>();

  private OpenWorkspace shown;
  private WindowFrame frame;
  private WelcomeScreen welcomeScreen;
  private boolean named;
  private boolean beside;
  private boolean closed;

  private Desktop(Stage stage, Host host, Options options) {
    this.stage = stage;
    this.host = host;
    this.options = options;
    this.settings = new Settings(options.settings());
    this.workspaces = new Workspaces(settings);
    this.theme = new Theme(settings);
    this.upgrades =
        host.upgrades().map(program -> new Upgrades(program, settings, options.clock()));
    this.fxExceptionHandler = new FxExceptionHandler(new Mending());
    speak();
    settings.watch("language", _ -> Platform.runLater(this::again));
    var scene = new Scene(root, WIDTH, HEIGHT);
    theme.dress(scene);
    stage.setScene(scene);
    stage.setTitle("Hivedeck");
    stage.setMinWidth(960);
    stage.setMinHeight(600);
    for (var size : List.of(16, 32, 64, 128, 256)) {
      var icon = Desktop.class.getResourceAsStream("/hivedeck/icon/hivedeck-" + size + ".png");
      if (icon != null) {
        stage.getIcons().add(new javafx.scene.image.Image(icon));
      }
    }
    remember();
    stage.setOnCloseRequest(
        e -> {
          e.consume();
          leaving(workspaces.all(), stage::hide);
        });
    stage.setOnHidden(_ -> close());
    upgrades.ifPresent(known -> known.state().subscribe(this::tellOfVersion));
  }

  /** Makes the window and shows it with the welcome screen; follow with {@link #show}. */
  public static Desktop open(Stage stage, Host host, Options options) {
    var desktop = new Desktop(stage, host, options);
    desktop.welcome();
    desktop.whenDrawn("window");
    stage.show();
    return desktop;
  }

  /** Writes down when this was drawn first: by that a start is measured. */
  private void whenDrawn(String what) {
    var scene = stage.getScene();
    scene.addPostLayoutPulseListener(
        new Runnable() {
          @Override
          public void run() {
            scene.removePostLayoutPulseListener(this);
            ProcessHandle.current()
                .info()
                .startInstant()
                .map(began -> Duration.between(began, options.clock().instant()).toMillis())
                .ifPresent(millis -> LOG.info("drawn: {} after {} ms", what, millis));
          }
        });
  }

  /** Opens the repository in that folder beside those that are open, and shows it. */
  public void show(Path folder) {
    var there = workspaces.in(folder);
    if (there != null) {
      enter(there);
    } else if (!workspaces.isOpening(folder)) {
      opening(folder, true, () -> {});
    }
  }

  /** Opens what was open when the program ended last, unless another window has it. */
  public void resume() {
    resume(beside ? List.of() : settings.open().stream().map(Path::of).toList());
  }

  /** Opens the repositories in these folders, and shows the one that was shown last. */
  public void resume(List<Path> folders) {
    var wanted = folders.stream().map(Workspaces::normal).toList();
    if (wanted.isEmpty()) {
      return;
    }
    var last = settings.recent().stream().map(Path::of).filter(wanted::contains).findFirst();
    var first = last.orElse(wanted.getFirst());
    inTurn(Stream.concat(Stream.of(first), wanted.stream().filter(f -> !f.equals(first))).toList());
  }

  /** All but the first in the background: the person may be at work already. */
  private void inTurn(List<Path> folders) {
    if (!folders.isEmpty() && !closed) {
      var rest = folders.subList(1, folders.size());
      opening(folders.getFirst(), shown == null, () -> inTurn(rest));
    }
  }

  /** Asks on the welcome screen whether to open the repository in that folder. */
  public void ask(Path folder) {
    welcome();
    welcomeScreen.ask(folder);
  }

  /** Shows the workspace of that engine. */
  public void show(EngineApi engine) {
    var there = workspaces.of(engine);
    enter(there == null ? opened(engine, null) : there);
  }

  public void demo() {
    if (welcomeScreen == null) {
      welcome();
    }
    welcomeScreen.busy(texts.text("welcome.demo.opening"));
    var here = welcomeScreen;
    opening(host::demo, this::show, here::failed);
  }

  /** Leaves every workspace; they are opened again at the next start. */
  public void welcome() {
    workspaces.all().forEach(w -> leave(w, true));
    welcomeScreen = new WelcomeScreen(texts, dialogs, new WelcomeActions());
    put(welcomeScreen);
    stage.setTitle("Hivedeck");
  }

  /** The content while a workspace is open; null on the welcome screen. */
  public WindowFrame frame() {
    return frame;
  }

  /** Words in the person's language. */
  public Texts texts() {
    return texts;
  }

  public Theme theme() {
    return theme;
  }

  public Stage stage() {
    return stage;
  }

  @Override
  public void close() {
    closed = true;
    workspaces.all().forEach(w -> leave(w, true));
    workspaces.stopOpening();
    welcomeScreen = null;
    root.getChildren().clear();
    theme.close();
    settings.close();
    fxExceptionHandler.close();
  }

  private void speak() {
    var fallback = Locale.getDefault().getLanguage().equals("de") ? "de" : "en";
    texts = new Texts(Locale.of(settings.text("language", fallback)), options.zone());
    dialogs =
        options.dialogs() == null
            ? new SystemDialogs(stage, texts, theme, this::here)
            : options.dialogs();
  }

  /** Where the person is: in a workspace, else beside the last one. */
  private Path here() {
    var workspace = frame == null ? null : frame.desk().live().workspace().get();
    if (workspace != null) {
      return Path.of(workspace.path());
    }
    return settings.recent().stream()
        .map(folder -> Path.of(folder).getParent())
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(Path.of(System.getProperty("user.home")));
  }

  // The language changed: the same engines, said anew.
  private void again() {
    speak();
    if (shown == null) {
      welcome();
      return;
    }
    frames.values().forEach(WindowFrame::close);
    frames.clear();
    workspaces.all().forEach(OpenWorkspace::restart);
    enter(shown);
  }

  private void onceLoaded(Consumer<WindowFrame> then) {
    var entered = frame;
    entered.onceLoaded(() -> then.accept(entered));
  }

  private OpenWorkspace opened(EngineApi engine, Path folder) {
    var workspace =
        new OpenWorkspace(engine, folder, settings, options.clock(), this::tell, this::changed);
    workspaces.add(workspace);
    return workspace;
  }

  /** A folder within a repository that is open leads to that one. */
  private void changed(OpenWorkspace workspace) {
    var first = workspaces.sameAs(workspace);
    if (first != null) {
      boolean here = workspace == shown;
      leave(workspace, false);
      if (here) {
        enter(first);
      }
    }
    if (workspace == shown) {
      if (!named && workspace.live().workspace().get() != null) {
        named = true;
        whenDrawn("workspace");
      }
      title();
    }
    workspaces.changed();
  }

  private void enter(OpenWorkspace workspace) {
    if (shown != workspace && frame != null) {
      frame.left();
    }
    shown = workspace;
    welcomeScreen = null;
    var there = frames.remove(workspace);
    frame = there != null ? there : made(workspace);
    frames.put(workspace, frame);
    shed();
    if (workspace.folder() != null) {
      settings.opened(workspace.folder().toString());
    }
    title();
    put(frame);
    frame.entered();
    if (there == null) {
      onceLoaded(this::offerFirstRun);
      upgrades.ifPresent(Upgrades::lookIfDue);
    }
  }

  private WindowFrame made(OpenWorkspace workspace) {
    var kit =
        new WindowFrame.Kit(
            texts,
            dialogs,
            settings,
            theme,
            options.clock(),
            new WorkspaceSwitch(workspace),
            upgrades);
    workspace.settle();
    return new WindowFrame(workspace, kit, Screens.all());
  }

  /** Lets go of screens that were left long ago: what is known of their workspaces is enough. */
  private void shed() {
    while (frames.size() > KEPT + 1) {
      var oldest = frames.entrySet().iterator().next();
      frames.remove(oldest.getKey());
      oldest.getValue().close();
      oldest.getKey().shed();
    }
  }

  private void title() {
    stage.setTitle(shown == null ? "Hivedeck" : shown.name() + " – Hivedeck");
  }

  /** Where nobody works and nobody was asked yet, what could be is proposed, once. */
  private void offerFirstRun(WindowFrame entered) {
    var live = entered.desk().live();
    var workspace = live.workspace().get();
    if (frame == entered
        && workspace != null
        && workspace.trusted()
        && workspace.consent().at() == null
        && workspace.problems().isEmpty()
        && live.agents().size() == 0
        && live.tasks().size() == 0
        && !settings.of(workspace.path()).flag(DECLINED, false)) {
      firstRun();
    }
  }

  /** The page is above the frame, which goes on behind it. */
  private void firstRun() {
    var below = frame;
    if (below == null) {
      return; // The workspace was left while it was looked at.
    }
    var page =
        new FirstRunPage(
            below.desk(),
            () -> {
              var workspace = below.desk().live().workspace().get();
              if (workspace != null) {
                settings.of(workspace.path()).put(DECLINED, true);
              }
              back(below, ScreenId.OVERVIEW, null);
            },
            task -> back(below, task == null ? ScreenId.OVERVIEW : ScreenId.TASKS, task));
    put(page);
    page.requestFocus();
  }

  /** Unless the person has gone to another workspace by now. */
  private void back(WindowFrame below, ScreenId screen, String id) {
    if (frame == below) {
      put(below);
      below.to(screen, id);
    }
  }

  /** Settings has more of it; elsewhere it is said once. */
  private void tellOfVersion(UpgradeState state) {
    if (state instanceof UpgradeState.Told told
        && told.offer().newer()
        && frame != null
        && frame.place() != ScreenId.SETTINGS) {
      frame.desk().notices().say(texts.text("upgrade.told", told.offer().version()));
    }
  }

  /** Who looks at the window sees the bell; the system tells who does not. */
  private void tell(OpenWorkspace workspace, NotifyViews.Notice notice) {
    if (!stage.isFocused() || stage.isIconified()) {
      var title = texts.said(notice.title());
      host.tell(
          DisplayText.line(workspaces.all().size() > 1 ? workspace.name() + ": " + title : title),
          Notices.detail(texts, notice),
          notice.severity().equals("page"));
    }
  }

  private void put(Region content) {
    root.getChildren().setAll(content);
  }

  /**
   * Opens a repository, and then goes on, whether that was possible or not.
   *
   * @param show whether it is shown then; else it stays in the background
   */
  private void opening(Path wanted, boolean show, Runnable then) {
    var folder = Workspaces.normal(wanted);
    var said = texts.text("welcome.opening", folder.toString());
    if (shown == null && welcomeScreen == null) {
      welcome();
    }
    var here = shown == null ? welcomeScreen : null;
    if (here != null) {
      here.busy(said);
    } else if (show) {
      frame.desk().notices().say(said);
    }
    workspaces.opening(folder);
    opening(
        () -> host.open(folder),
        engine -> {
          add(engine, folder, show);
          then.run();
        },
        fault -> {
          workspaces.failed(folder, fault);
          if (here != null && here == welcomeScreen) {
            here.failed(fault);
          } else if (show && frame != null) {
            frame.desk().notices().failed(fault);
          }
          then.run();
        });
  }

  private void add(EngineApi engine, Path folder, boolean show) {
    if (!workspaces.isOpening(folder)) {
      leave(engine); // The person has thought better of it.
      return;
    }
    var there = workspaces.of(engine);
    var workspace = there == null ? opened(engine, folder) : there;
    workspaces.drop(folder);
    if (show) {
      enter(workspace);
    }
  }

  private void opening(
      Supplier<EngineApi> way, Consumer<EngineApi> then, Consumer<HiveException.Fault> failed) {
    Thread.ofVirtual()
        .name("open-workspace")
        .start(
            () -> {
              try {
                var fresh = way.get();
                Platform.runLater(
                    () -> {
                      if (closed) {
                        leave(fresh); // Nobody is there any more who could see it work.
                      } else {
                        then.accept(fresh);
                      }
                    });
              } catch (RuntimeException e) {
                if (!(e instanceof HiveException)) {
                  LOG.error("A workspace could not be opened", e);
                }
                var fault =
                    e instanceof HiveException h
                        ? h.fault()
                        : HiveException.Fault.of(
                            ErrorCode.OPEN_FAILED,
                            String.valueOf(e),
                            texts.text("welcome.failed.hint"));
                Platform.runLater(
                    () -> {
                      if (!closed) {
                        failed.accept(fault);
                      }
                    });
              }
            });
  }

  /** Asks what becomes of work that this program carries, where there is any, then goes on. */
  private void leaving(List<OpenWorkspace> all, Runnable then) {
    var atWork = all.stream().filter(w -> host.owns(w.engine()) && w.atWork()).toList();
    if (atWork.isEmpty() || frame == null) {
      then.run();
      return;
    }
    var always = ClosePolicy.of(settings);
    if (always == ClosePolicy.ASK) {
      put(frame); // It may be behind the page of a first run.
      frame.closing(atWork, choice -> leave(atWork, choice, then));
    } else {
      leave(atWork, always, then);
    }
  }

  private void leave(List<OpenWorkspace> atWork, ClosePolicy choice, Runnable then) {
    switch (choice) {
      case KEEP -> onceAll(atWork, this::kept, then);
      case PARK -> onceAll(atWork, this::parked, then);
      case STOP, ASK -> then.run();
    }
  }

  /** Waits for all of them, whatever each says, and asks again about those that refused. */
  private void onceAll(
      List<OpenWorkspace> all, Function<OpenWorkspace, CompletableFuture<?>> way, Runnable then) {
    var refused = new ArrayList<OpenWorkspace>();
    CompletableFuture.allOf(
            all.stream()
                .map(
                    w ->
                        way.apply(w)
                            .exceptionally(
                                _ -> {
                                  refused.add(w);
                                  return null;
                                }))
                .toArray(CompletableFuture[]::new))
        .thenRun(
            () -> {
              refused.retainAll(workspaces.all());
              if (refused.isEmpty() || frame == null) {
                then.run();
              } else {
                put(frame);
                frame.closing(List.copyOf(refused), choice -> leave(refused, choice, then));
              }
            });
  }

  private CompletableFuture<?> parked(OpenWorkspace workspace) {
    return workspace.sender(frame.desk().notices()).execute(new Command.PauseHive(true));
  }

  /** Completes on the FX thread, as what is sent to an engine does. */
  private CompletableFuture<?> kept(OpenWorkspace workspace) {
    var kept = new CompletableFuture<Void>();
    Thread.ofVirtual()
        .name("keep-workspace")
        .start(
            () -> {
              try {
                host.keep(workspace.engine());
                Platform.runLater(() -> kept.complete(null));
              } catch (RuntimeException e) {
                LOG.warn("An engine could not be kept", e);
                Platform.runLater(
                    () -> {
                      if (frame != null) {
                        frame.desk().notices().failed(ErrorMessages.of(e));
                      }
                      kept.completeExceptionally(e);
                    });
              }
            });
    return kept;
  }

  /** Closes one; the one beside it is shown next, and the welcome screen where there is none. */
  private void close(OpenWorkspace workspace) {
    leaving(
        List.of(workspace),
        () -> {
          int at = workspaces.all().indexOf(workspace);
          if (at < 0) {
            return; // It was closed while this was asked.
          }
          boolean here = workspace == shown;
          leave(workspace, false);
          if (!here) {
            return;
          }
          var rest = workspaces.all();
          if (rest.isEmpty()) {
            welcome();
          } else {
            enter(rest.get(Math.min(at, rest.size() - 1)));
          }
        });
  }

  private void leave(OpenWorkspace workspace, boolean wanted) {
    var left = frames.remove(workspace);
    if (left != null) {
      left.close();
    }
    if (workspace == shown) {
      shown = null;
      frame = null;
    }
    workspaces.remove(workspace, wanted);
    workspace.close();
    leave(workspace.engine());
  }

  /** Closing may wait for the engine; the window does not. */
  private void leave(EngineApi engine) {
    host.leaving(engine);
    Thread.ofPlatform()
        .name("leave-workspace")
        .start(
            () -> {
              if (engine instanceof AutoCloseable closeable) {
                try {
                  closeable.close();
                } catch (Exception e) {
                  LOG.warn("An engine could not be left", e);
                }
              }
              host.left(engine);
            });
  }

  private void remember() {
    beside = isBeside();
    var width = settings.number("window.width", WIDTH);
    var height = settings.number("window.height", HEIGHT);
    var aside = beside ? ASIDE : 0;
    var x = settings.number("window.x", Double.NaN) + aside;
    var y = settings.number("window.y", Double.NaN) + aside;
    stage.setWidth(width);
    stage.setHeight(height);
    var visible =
        !javafx.stage.Screen.getScreensForRectangle(new Rectangle2D(x, y, width, height)).isEmpty();
    if (!Double.isNaN(x) && !Double.isNaN(y) && visible) {
      stage.setX(x);
      stage.setY(y);
    }
    stage.setMaximized(settings.flag("window.maximized", false));
    stage.maximizedProperty().subscribe(m -> settings.put("window.maximized", m));
    stage.widthProperty().subscribe(v -> keep("window.width", v));
    stage.heightProperty().subscribe(v -> keep("window.height", v));
    stage.xProperty().subscribe(v -> keep("window.x", v));
    stage.yProperty().subscribe(v -> keep("window.y", v));
  }

  /** Whether the window whose place is remembered is still open, in another process. */
  private boolean isBeside() {
    var me = ProcessHandle.current().pid();
    var other = (long) settings.number("window.process", me);
    settings.put("window.process", me);
    return other != me && ProcessHandle.of(other).filter(ProcessHandle::isAlive).isPresent();
  }

  private void keep(String path, Number value) {
    if (!stage.isMaximized() && !stage.isIconified() && !Double.isNaN(value.doubleValue())) {
      settings.put(path, value.doubleValue());
    }
  }

  /** Makes the window anew after something in it failed; what the engine does goes on. */
  private final class Mending implements FxExceptionHandler.Window {
    @Override
    public void renew(FxExceptionHandler.Report report) {
      // Nodes whose layout was broken off stay as they are; they are all left behind.
      root = new StackPane();
      stage.getScene().setRoot(root);
      again();
      say("broken.drawn", report);
    }

    @Override
    public void elsewhere(FxExceptionHandler.Report report) {
      renew(report);
      if (frame != null) {
        onceLoaded(entered -> entered.to(ScreenId.OVERVIEW));
      }
    }

    @Override
    public void halt(FxExceptionHandler.Report report) {
      root = new StackPane();
      stage.getScene().setRoot(root);
      put(
          EmptyState.failed(
              texts,
              fault("broken.what", report),
              () -> {
                again();
                if (frame != null) {
                  onceLoaded(entered -> entered.to(ScreenId.SETTINGS));
                }
              },
              Widgets.copy(texts.text("broken.copy"), report.text())));
    }

    @Override
    public void tell(FxExceptionHandler.Report report) {
      say("broken.what", report);
    }

    private void say(String what, FxExceptionHandler.Report report) {
      if (frame != null) {
        frame.desk().notices().broken(fault(what, report), report.text());
      }
    }

    private HiveException.Fault fault(String what, FxExceptionHandler.Report report) {
      return new HiveException.Fault(report.code(), texts.text(what), texts.text("broken.next"));
    }
  }

  private final class WelcomeActions implements WelcomeScreen.Actions {
    @Override
    public List<String> recent() {
      return settings.recent();
    }

    @Override
    public void open(Path folder) {
      show(folder);
    }

    @Override
    public boolean hasDemo() {
      return host.hasDemo();
    }

    @Override
    public void demo() {
      Desktop.this.demo();
    }

    @Override
    public void forget(String folder) {
      settings.forget(folder);
    }

    @Override
    public boolean look(Consumer<MachineFindings> found) {
      var machine = host.machine();
      machine.ifPresent(
          look ->
              Thread.ofVirtual()
                  .name("look-around")
                  .start(
                      () -> {
                        var there = look.get();
                        Platform.runLater(() -> found.accept(there));
                      }));
      return machine.isPresent();
    }
  }

  private final class WorkspaceSwitch implements WorkspaceSwitcher {
    private final OpenWorkspace here;

    WorkspaceSwitch(OpenWorkspace here) {
      this.here = here;
    }

    @Override
    public List<String> recent() {
      return settings.recent();
    }

    @Override
    public List<OpenWorkspace> all() {
      return workspaces.all();
    }

    @Override
    public List<Unopened> unopened() {
      return workspaces.unopened();
    }

    @Override
    public Subscription watch(Runnable watcher) {
      return workspaces.watch(watcher);
    }

    @Override
    public void open(Path folder) {
      Desktop.this.show(folder);
    }

    @Override
    public Navigator show(OpenWorkspace workspace) {
      boolean known = workspaces.all().contains(workspace);
      if (!known) {
        return new NoNavigator(); // What was meant for it is nothing for another.
      }
      if (workspace != shown || frame.getScene() == null) {
        enter(workspace);
      }
      return frame;
    }

    @Override
    public void close(OpenWorkspace workspace) {
      Desktop.this.close(workspace);
    }

    @Override
    public void forget(Unopened workspace) {
      workspaces.forget(workspace.folder());
    }

    @Override
    public void setUp() {
      firstRun();
    }

    @Override
    public void leave() {
      Desktop.this.close(here);
    }

    @Override
    public boolean canStart() {
      return host.canStart();
    }

    @Override
    public void start(boolean takeOver) {
      host.start(here.engine(), Path.of(here.path()), takeOver);
    }
  }
}
