package dev.hivedeck.ui.shell;

import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.NotifyViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.ui.live.LiveModel;
import dev.hivedeck.ui.shell.settings.Drafts;
import dev.hivedeck.ui.shell.settings.Settings;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import javafx.application.Platform;

/**
 * A repository that is open in the window, shown or in the background: its engine, what is known of
 * it, and what the person wrote there. Belongs to the FX thread.
 */
public final class OpenWorkspace implements AutoCloseable {
  private final EngineApi engine;
  private final Path folder;
  private final Clock clock;
  private final BiConsumer<OpenWorkspace, NotifyViews.Notice> shows;
  private final Consumer<OpenWorkspace> changed;
  private final Drafts drafts;
  private LiveModel live;

  /** What takes its place once it knows as much; null for none. */
  private LiveModel next;

  private ScreenId screen;
  private String chosen;
  private boolean telling;
  private boolean closed;

  /**
   * @param folder that was opened; null where none was, as for the demo
   * @param shows hears what its engine asks the desktop to show
   * @param changed hears, some time after it, that something here is another
   */
  public OpenWorkspace(
      EngineApi engine,
      Path folder,
      Settings settings,
      Clock clock,
      BiConsumer<OpenWorkspace, NotifyViews.Notice> shows,
      Consumer<OpenWorkspace> changed) {
    this.engine = engine;
    this.folder = folder;
    this.clock = clock;
    this.shows = shows;
    this.changed = changed;
    this.live = begun();
    this.drafts = new Drafts(settings, () -> live);
  }

  public EngineApi engine() {
    return engine;
  }

  /** The folder that was opened; null for none. */
  public Path folder() {
    return folder;
  }

  /** What is known of it now; another one after {@link #restart} and {@link #shed}. */
  public LiveModel live() {
    return live;
  }

  public Drafts drafts() {
    return drafts;
  }

  /** As people call it; its folder until that is known. */
  public String name() {
    var w = live.workspace().get();
    if (w != null) {
      return w.name();
    }
    return folder == null || folder.getFileName() == null ? "…" : folder.getFileName().toString();
  }

  /** Where it is; empty until that is known. */
  public String path() {
    var w = live.workspace().get();
    return w != null ? w.path() : folder == null ? "" : folder.toString();
  }

  public WorkspaceState state() {
    return WorkspaceState.of(live);
  }

  /** A way to its engine that tells of refusals there. */
  public CommandSender sender(Notifications notices) {
    return new AsyncCommandSender(engine, notices);
  }

  /** Remembers where the person was, for when its screens are made anew. */
  public void left(ScreenId place, String thing) {
    screen = place;
    chosen = thing;
  }

  /** Where the person was; null for what the settings say. */
  public ScreenId screen() {
    return screen;
  }

  /** What the person looked at there; null for nothing. */
  public String chosen() {
    return chosen;
  }

  /** Whether anything would be cut off if the engine ended now. */
  public boolean atWork() {
    var w = live.workspace().get();
    if (w == null || !live.connection().get().live()) {
      return false;
    }
    return running() > 0
        || w.started() && w.trusted() && live.tasks().all().stream().anyMatch(OpenWorkspace::goesOn)
        || live.changes().all().stream().anyMatch(OpenWorkspace::merges);
  }

  /** How many agents work. */
  public long running() {
    return live.attempts().all().stream()
        .filter(a -> !a.state().over() && !a.agent().equals(View.YOU))
        .count();
  }

  private static boolean goesOn(TaskViews.Task task) {
    return task.state() == TaskViews.TaskState.READY || task.state() == TaskViews.TaskState.DELAYED;
  }

  private static boolean merges(ChangeViews.Change change) {
    return change.state() == ChangeViews.ChangeState.QUEUED
        || change.state() == ChangeViews.ChangeState.MERGING;
  }

  /** Begins anew what is known: whatever watched the former watches nothing any more. */
  public void restart() {
    settle();
    live.close();
    live = begun();
  }

  /**
   * The same in the background: the former goes on until the new one knows as much. What hung on
   * the former, the screens above all, can go with it.
   */
  public void shed() {
    settle();
    var former = live;
    var fresh = begun();
    next = fresh;
    fresh
        .workspace()
        .addListener(
            (_, old, now) -> {
              if (old == null && now != null) {
                // It is told of within a batch, after which all else is known, too.
                Platform.runLater(
                    () -> {
                      if (next == fresh) {
                        next = null;
                        live = fresh;
                        former.close();
                        changed();
                      }
                    });
              }
            });
  }

  /** What is known stays where it is: screens are to stand on it. */
  public void settle() {
    if (next != null) {
      next.close();
      next = null;
    }
  }

  @Override
  public void close() {
    closed = true;
    settle();
    live.close();
    drafts.close();
  }

  private LiveModel begun() {
    var fresh = new LiveModel(engine, clock);
    fresh.onShown(
        notice -> {
          if (fresh == live) {
            shows.accept(this, notice);
          }
        });
    fresh.tasks().watch(this::changed);
    fresh.agents().watch(this::changed);
    fresh.changes().watch(this::changed);
    fresh.decisions().watch(this::changed);
    fresh.drift().watch(this::changed);
    fresh.alerts().watch(this::changed);
    fresh.notices().watch(this::changed);
    fresh.objectives().subscribe(_ -> changed());
    fresh.workspace().subscribe(_ -> changed());
    fresh.connection().subscribe(_ -> changed());
    return fresh.start();
  }

  // Several kinds of things change in one pulse; it is told once after it.
  private void changed() {
    if (!telling) {
      telling = true;
      Platform.runLater(
          () -> {
            telling = false;
            if (!closed) {
              changed.accept(this);
            }
          });
    }
  }
}
