package dev.hivedeck.ui.control.table;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.service.PreviewCommand;
import dev.hivedeck.ui.external.OpenTarget;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.action.BatchCommand;
import dev.hivedeck.ui.shell.action.RunningPreview;
import dev.hivedeck.ui.shell.action.WebPage;
import dev.hivedeck.ui.shell.action.WorktreeOpener;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.Control;
import javafx.scene.control.Menu;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.input.ContextMenuEvent;
import javafx.scene.input.KeyEvent;

/**
 * What can be done with the things that are selected in a list, with one or with many: an entry
 * acts on those that it fits, and says how many those are.
 *
 * @param <V> the kind of thing
 */
public final class EntityMenu<V> {
  private final ScreenContext context;
  private final List<Function<List<V>, MenuItem>> entries = new ArrayList<>();
  private ContextMenu open;

  public EntityMenu(ScreenContext context) {
    this.context = context;
  }

  /**
   * A command for each.
   *
   * @param key of its name in the texts
   * @param undo takes it back; null where nothing does
   */
  public EntityMenu<V> send(
      Icon icon,
      String key,
      Predicate<V> fits,
      Function<V, Command> command,
      Function<V, Command> undo) {
    return fitting(icon, key, fits, fit -> batch(key, fit, command, undo));
  }

  private EntityMenu<V> fitting(Icon icon, String key, Predicate<V> fits, Consumer<List<V>> run) {
    entries.add(
        all -> {
          var fit = all.stream().filter(fits).toList();
          return Widgets.menuItem(
              icon,
              name(key, fit.size(), all.size()),
              !fit.isEmpty() && !context.live().cut().get(),
              () -> run.accept(fit));
        });
    return this;
  }

  /** As {@link #send}, after a question: it cannot be undone. */
  public EntityMenu<V> ask(
      Icon icon, String key, Predicate<V> fits, Function<V, Command> command, String verb) {
    return fitting(
        icon,
        key,
        fits,
        fit -> {
          var texts = context.texts();
          if (context
              .dialogs()
              .confirm(
                  name(key, fit.size(), 1),
                  texts.text(key + ".will", fit.size()),
                  texts.text(verb))) {
            batch(key, fit, command, null);
          }
        });
  }

  /** Something with one thing, for example to open it. */
  public EntityMenu<V> one(Icon icon, String key, Predicate<V> fits, Consumer<V> run) {
    entries.add(
        all ->
            Widgets.menuItem(
                icon,
                context.texts().text(key),
                all.size() == 1 && fits.test(all.getFirst()),
                () -> run.accept(all.getFirst())));
    return this;
  }

  /**
   * The folder of each thing's attempt: its path, and ways into the person's editor, a terminal and
   * the file manager.
   */
  public EntityMenu<V> folder(Function<V, String> attempt) {
    return copy(
            "menu.copy.path",
            v -> WorktreeOpener.of(context, attempt.apply(v)).map(Object::toString).orElse(null))
        .one(
            Icon.DETACH,
            "menu.open",
            v -> WorktreeOpener.of(context, attempt.apply(v)).isPresent(),
            v -> WorktreeOpener.open(context, attempt.apply(v)))
        .one(
            Icon.COMMAND,
            "menu.terminal",
            v -> WorktreeOpener.of(context, attempt.apply(v)).isPresent(),
            v -> WorktreeOpener.open(context, OpenTarget.TERMINAL, attempt.apply(v)))
        .one(
            Icon.FOLDER,
            "menu.files",
            v -> WorktreeOpener.of(context, attempt.apply(v)).isPresent(),
            v -> WorktreeOpener.open(context, OpenTarget.FILES, attempt.apply(v)));
  }

  /**
   * The app of each thing: it is run, looked at, and ended.
   *
   * @param id of the change or attempt whose it is; null where there is none
   */
  public EntityMenu<V> preview(Function<V, String> id) {
    return send(
            Icon.PLAY,
            "preview.start",
            v -> id.apply(v) != null && RunningPreview.of(context, id.apply(v)).isEmpty(),
            v -> new PreviewCommand.StartPreview(id.apply(v)),
            v -> new PreviewCommand.StopPreview(id.apply(v)))
        .one(
            Icon.DETACH,
            "preview.browse",
            v -> RunningPreview.address(context, id.apply(v)).isPresent(),
            v ->
                RunningPreview.address(context, id.apply(v))
                    .ifPresent(address -> WebPage.open(context, address)))
        .send(
            Icon.STOP,
            "preview.stop",
            v -> RunningPreview.of(context, id.apply(v)).isPresent(),
            v -> new PreviewCommand.StopPreview(id.apply(v)),
            null);
  }

  /** Puts a word of each on the clipboard, a line each; those without it are left out. */
  public EntityMenu<V> copy(String key, Function<V, String> word) {
    entries.add(
        all -> {
          var words =
              all.stream()
                  .map(word)
                  .filter(w -> w != null && !w.isBlank())
                  .distinct()
                  .collect(Collectors.joining("\n"));
          return Widgets.menuItem(
              Icon.COPY,
              context.texts().text(key),
              !words.isEmpty(),
              () -> {
                Widgets.toClipboard(words);
                context
                    .notices()
                    .say(context.texts().text("action.copied", words.replace("\n", ", ")));
              });
        });
    return this;
  }

  /**
   * Several ways to do the same, one below the other.
   *
   * @param ways what each is called, and the command
   */
  public EntityMenu<V> choose(
      Icon icon,
      String key,
      Predicate<V> fits,
      Supplier<Map<String, Function<V, Command>>> ways,
      Function<V, Command> undo) {
    entries.add(
        all -> {
          var fit = all.stream().filter(fits).toList();
          var menu = new Menu(name(key, fit.size(), all.size()), icon.node());
          menu.setMnemonicParsing(false);
          menu.setDisable(fit.isEmpty() || context.live().cut().get());
          ways.get()
              .forEach(
                  (name, command) ->
                      menu.getItems()
                          .add(
                              Widgets.menuItem(
                                  null, name, true, () -> batch(key, fit, command, undo))));
          return menu;
        });
    return this;
  }

  /**
   * Several things to do with one thing, one below the other.
   *
   * @param ways what each is called, and what it does; empty where there is nothing
   */
  public EntityMenu<V> ways(Icon icon, String key, Function<V, Map<String, Runnable>> ways) {
    entries.add(
        all -> {
          var menu = new Menu(context.texts().text(key), icon.node());
          menu.setMnemonicParsing(false);
          if (all.size() == 1) {
            ways.apply(all.getFirst())
                .forEach(
                    (name, run) -> menu.getItems().add(Widgets.menuItem(null, name, true, run)));
          }
          menu.setDisable(menu.getItems().isEmpty() || context.live().cut().get());
          return menu;
        });
    return this;
  }

  public EntityMenu<V> line() {
    entries.add(_ -> new SeparatorMenuItem());
    return this;
  }

  /** Shows it on that list: the other button of the mouse asks for it, and its key. */
  public void on(Control list, Supplier<List<V>> selected) {
    list.addEventHandler(
        ContextMenuEvent.CONTEXT_MENU_REQUESTED,
        e -> {
          show(list, selected.get(), e.getScreenX(), e.getScreenY());
          e.consume();
        });
    list.addEventHandler(
        KeyEvent.KEY_PRESSED,
        e -> {
          if (Hotkey.MENU.pressed(e)) {
            var at = list.localToScreen(40, Math.min(list.getHeight(), 80));
            show(list, selected.get(), at.getX(), at.getY());
            e.consume();
          }
        });
  }

  private void show(Control list, List<V> things, double x, double y) {
    if (open != null) {
      open.hide();
    }
    if (!things.isEmpty()) {
      open = new ContextMenu();
      entries.forEach(e -> open.getItems().add(e.apply(things)));
      open.show(list, x, y);
    }
  }

  private void batch(
      String key, List<V> things, Function<V, Command> command, Function<V, Command> undo) {
    var acts = new LinkedHashMap<Command, Command>(); // Once, though several rows mean the same.
    things.forEach(v -> acts.put(command.apply(v), undo == null ? null : undo.apply(v)));
    new BatchCommand(context)
        .send(
            context.texts().text(key),
            List.copyOf(acts.keySet()),
            undo == null ? List.of() : List.copyOf(acts.values()));
  }

  private String name(String key, int fit, int all) {
    var name = context.texts().text(key);
    return all > 1 ? name + " (" + context.texts().count(fit) + ")" : name;
  }
}
