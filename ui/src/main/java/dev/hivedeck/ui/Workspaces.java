package dev.hivedeck.ui;

import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.ui.shell.OpenWorkspace;
import dev.hivedeck.ui.shell.WorkspaceSwitcher.Unopened;
import dev.hivedeck.ui.shell.settings.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javafx.util.Subscription;

/**
 * Which repositories are open in the window, in the order in which they were opened, and which were
 * to be. The settings know the folders, so that the next start opens them again.
 */
final class Workspaces {
  private final Settings settings;
  private final List<OpenWorkspace> open = new ArrayList<>();
  private final List<Unopened> unopened = new ArrayList<>();
  private final List<Runnable> watchers = new CopyOnWriteArrayList<>();

  Workspaces(Settings settings) {
    this.settings = settings;
  }

  static Path normal(Path folder) {
    return folder.toAbsolutePath().normalize();
  }

  List<OpenWorkspace> all() {
    return List.copyOf(open);
  }

  List<Unopened> unopened() {
    return List.copyOf(unopened);
  }

  Subscription watch(Runnable watcher) {
    watchers.add(watcher);
    return () -> watchers.remove(watcher);
  }

  void changed() {
    watchers.forEach(Runnable::run);
  }

  /** The one that is open in that folder; null for none. */
  OpenWorkspace in(Path folder) {
    var wanted = normal(folder);
    return open.stream()
        .filter(w -> wanted.equals(w.folder()) || wanted.toString().equals(w.path()))
        .findFirst()
        .orElse(null);
  }

  /** The other that is of the same repository, and was opened before; null for none. */
  OpenWorkspace sameAs(OpenWorkspace workspace) {
    var known = workspace.live().workspace().get();
    return known == null
        ? null
        : open.stream()
            .takeWhile(w -> w != workspace)
            .filter(w -> w.path().equals(known.path()))
            .findFirst()
            .orElse(null);
  }

  /** The one of that engine; null for none. */
  OpenWorkspace of(EngineApi engine) {
    return open.stream().filter(w -> w.engine() == engine).findFirst().orElse(null);
  }

  void add(OpenWorkspace workspace) {
    open.add(workspace);
    if (workspace.folder() != null) {
      unopened.removeIf(u -> u.folder().equals(workspace.folder()));
      settings.keepOpen(workspace.folder().toString(), true);
      inOrder();
    }
    changed();
  }

  /** However they come back at a start, each keeps its key. */
  private void inOrder() {
    var folders = settings.open();
    open.sort(
        Comparator.comparingInt(
            w -> {
              int at = folders.indexOf(String.valueOf(w.folder()));
              return at < 0 ? Integer.MAX_VALUE : at;
            }));
  }

  /**
   * It is open no more.
   *
   * @param wanted whether it is to be open at the next start all the same
   */
  void remove(OpenWorkspace workspace, boolean wanted) {
    open.remove(workspace);
    if (!wanted && workspace.folder() != null) {
      settings.keepOpen(workspace.folder().toString(), false);
    }
    changed();
  }

  /** Whether that folder is being opened. */
  boolean isOpening(Path folder) {
    return unopened.contains(new Unopened(normal(folder), null));
  }

  void opening(Path folder) {
    say(new Unopened(normal(folder), null));
  }

  void failed(Path folder, HiveException.Fault fault) {
    say(new Unopened(normal(folder), fault));
  }

  private void say(Unopened now) {
    for (int i = 0; i < unopened.size(); i++) {
      if (unopened.get(i).folder().equals(now.folder())) {
        unopened.set(i, now);
        changed();
        return;
      }
    }
    unopened.add(now);
    changed();
  }

  /** It is not to be opened any more. */
  void forget(Path folder) {
    unopened.removeIf(u -> u.folder().equals(normal(folder)));
    settings.keepOpen(normal(folder).toString(), false);
    changed();
  }

  /** Nobody waits for what is being opened any more; the next start may open it all the same. */
  void stopOpening() {
    unopened.clear();
    changed();
  }

  /** It stands for another that is open: nothing is said of it. */
  void drop(Path folder) {
    unopened.removeIf(u -> u.folder().equals(normal(folder)));
    changed();
  }
}
