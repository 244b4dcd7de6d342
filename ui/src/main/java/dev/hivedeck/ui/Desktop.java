package dev.hivedeck.ui;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.NotifyViews;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.ui.live.LiveModel;
import dev.hivedeck.ui.shell.Dialogs;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.SystemDialogs;
import dev.hivedeck.ui.shell.WorkspaceSwitcher;
import dev.hivedeck.ui.shell.frame.WindowFrame;
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
import dev.hivedeck.ui.view.welcome.WelcomeScreen;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javafx.application.Platform;
import javafx.geometry.Rectangle2D;
import javafx.scene.Scene;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.stage.Stage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The window: a workspace, or the welcome screen while none is open. Whoever starts it says, as its
 * {@link Host}, how a folder becomes an engine. All methods belong to the FX thread.
 */
public final class Desktop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Desktop.class);
  private static final double WIDTH = 1440;
  private static final double HEIGHT = 900;

  /** How far a window is moved from the one that stands where it would. */
  private static final double ASIDE = 32;

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

    /**
     * The desktop is done with that engine; an API that is {@link AutoCloseable} is closed already.
     */
    default void left(EngineApi engine) {}

    /** Whether that engine is part of this program, and ends with it. */
    default boolean owns(EngineApi engine) {
      return false;
    }

    /** That engine is to work on when the desktop has left it. */
    default void keep(EngineApi engine) {}

    /**
     * Shows a notice as the system shows such, beside the window; called on the FX thread, returns
     * at once.
     *
     * @param urgent whether it is to stay until somebody has seen it
     */
    default void tell(String title, String text, boolean urgent) {}

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
  private EngineApi engine;
  private WindowFrame frame;
  private WelcomeScreen welcomeScreen;
  private boolean named;

  private Desktop(Stage stage, Host host, Options options) {
    this.stage = stage;
    this.host = host;
    this.options = options;
    this.settings = new Settings(options.settings());
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
          leaving(stage::hide);
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

  /** Opens the repository in that folder. */
  public void show(Path folder) {
    opening(
        texts.text("welcome.opening", folder.toString()),
        () -> {
          var fresh = host.open(folder);
          settings.opened(folder.toAbsolutePath().normalize().toString());
          return fresh;
        });
  }

  /** Asks on the welcome screen whether to open the repository in that folder. */
  public void ask(Path folder) {
    welcome();
    welcomeScreen.ask(folder);
  }

  /** Shows the workspace of that engine. */
  public void show(EngineApi fresh) {
    leaveDoor();
    engine = fresh;
    enter();
  }

  public void demo() {
    opening(texts.text("welcome.demo.opening"), host::demo);
  }

  public void welcome() {
    leaveDoor();
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
    leaveDoor();
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

  // The language changed: the same engine, said anew.
  private void again() {
    speak();
    if (engine == null) {
      welcome();
      return;
    }
    var screen = frame.place();
    frame.close();
    enter();
    if (screen != null) {
      onceLoaded(entered -> entered.to(screen));
    }
  }

  private void onceLoaded(Consumer<WindowFrame> then) {
    var entered = frame;
    entered
        .desk()
        .live()
        .workspace()
        .addListener(
            (_, old, now) -> {
              if (old == null && now != null) {
                Platform.runLater(() -> then.accept(entered));
              }
            });
  }

  private void enter() {
    var live = new LiveModel(engine, options.clock());
    var kit =
        new WindowFrame.Kit(
            texts, dialogs, settings, theme, options.clock(), new WorkspaceSwitch(), upgrades);
    frame = new WindowFrame(live, engine, kit, Screens.all());
    live.onShown(this::tell);
    welcomeScreen = null;
    live.workspace()
        .subscribe(
            w -> {
              if (w != null) {
                if (!named) {
                  named = true;
                  whenDrawn("workspace");
                }
                stage.setTitle(w.name() + " – Hivedeck");
              }
            });
    put(frame);
    onceLoaded(this::offerFirstRun);
    live.start();
    upgrades.ifPresent(Upgrades::lookIfDue);
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
        && !settings.flag(declined(workspace), false)) {
      firstRun();
    }
  }

  private static String declined(WorkspaceViews.Workspace workspace) {
    return WindowFrame.memory(workspace) + ".first";
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
                settings.put(declined(workspace), true);
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
  private void tell(NotifyViews.Notice notice) {
    if (!stage.isFocused() || stage.isIconified()) {
      host.tell(
          DisplayText.line(texts.said(notice.title())),
          Notices.detail(texts, notice),
          notice.severity().equals("page"));
    }
  }

  private void put(Region content) {
    root.getChildren().setAll(content);
  }

  private void opening(String what, Supplier<EngineApi> way) {
    if (welcomeScreen == null) {
      welcome();
    }
    var here = welcomeScreen;
    here.busy(what);
    Thread.ofVirtual()
        .name("open-workspace")
        .start(
            () -> {
              try {
                var fresh = way.get();
                Platform.runLater(() -> show(fresh));
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
                Platform.runLater(() -> here.failed(fault));
              }
            });
  }

  /** Asks what becomes of work that this program carries, where there is any, then goes on. */
  private void leaving(Runnable then) {
    if (frame == null || !host.owns(engine) || !frame.atWork()) {
      then.run();
      return;
    }
    var always = ClosePolicy.of(settings);
    if (always == ClosePolicy.ASK) {
      frame.closing(choice -> leave(choice, then));
    } else {
      leave(always, then);
    }
  }

  private void leave(ClosePolicy choice, Runnable then) {
    switch (choice) {
      case KEEP -> {
        host.keep(engine);
        then.run();
      }
      case PARK ->
          frame.desk().steering().execute(new Command.PauseHive(true)).thenAccept(_ -> then.run());
      case STOP, ASK -> then.run();
    }
  }

  private void leaveDoor() {
    if (frame != null) {
      frame.close();
      frame = null;
    }
    var last = engine;
    engine = null;
    if (last != null) {
      // Closing may wait for the engine; the window does not.
      Thread.ofPlatform()
          .name("leave-workspace")
          .start(
              () -> {
                if (last instanceof AutoCloseable closeable) {
                  try {
                    closeable.close();
                  } catch (Exception e) {
                    LOG.warn("An engine could not be left", e);
                  }
                }
                host.left(last);
              });
    }
  }

  private void remember() {
    var width = settings.number("window.width", WIDTH);
    var height = settings.number("window.height", HEIGHT);
    var aside = beside() ? ASIDE : 0;
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
  private boolean beside() {
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
  }

  private final class WorkspaceSwitch implements WorkspaceSwitcher {
    @Override
    public List<String> recent() {
      return settings.recent();
    }

    @Override
    public void open(Path folder) {
      leaving(
          () -> {
            welcome();
            show(folder);
          });
    }

    @Override
    public void setUp() {
      firstRun();
    }

    @Override
    public void leave() {
      leaving(Desktop.this::welcome);
    }

    @Override
    public boolean canStart() {
      return host.canStart();
    }

    @Override
    public void start(boolean takeOver) {
      host.start(engine, Path.of(frame.desk().live().workspace().get().path()), takeOver);
    }
  }
}
