package dev.hivedeck.ui.control.diff;

import dev.hivedeck.engine.protocol.Query.FileDiff;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.scene.control.TreeCell;
import javafx.scene.control.TreeItem;
import javafx.scene.control.TreeView;
import javafx.scene.layout.HBox;

/** The files of a diff by folder; folders that hold nothing but one folder are one row. */
public final class FileTree extends TreeView<FileTree.Entry> {
  /**
   * @param name what the row says
   * @param file null for a folder
   * @param marked whether a gate found something in it
   * @param notes how many comments are about it
   * @param folder where it is, where that is no row of its own
   * @param seen whether all of it was seen
   */
  public record Entry(
      String name, FileDiff file, boolean marked, int notes, String folder, boolean seen) {}

  /**
   * What is known of files, by their paths.
   *
   * @param findings those in which gates found something
   * @param notes how many comments there are
   * @param order in which they are listed, others after them; by folder where it is empty
   * @param seen those of which all was seen
   */
  public record Marked(
      List<String> findings, Map<String, Integer> notes, List<String> order, Set<String> seen) {}

  private final ScreenContext context;
  private final ReadOnlyObjectWrapper<FileDiff> chosen = new ReadOnlyObjectWrapper<>();
  private List<FileDiff> files = List.of();
  private Marked marked = new Marked(List.of(), Map.of(), List.of(), Set.of());
  private boolean renewing;

  public FileTree(ScreenContext context) {
    this.context = context;
    getStyleClass().add("file-tree");
    setAccessibleText(context.texts().text("files.name"));
    setShowRoot(false);
    setRoot(new TreeItem<>());
    setCellFactory(_ -> new Cell());
    setMinWidth(0);
    getSelectionModel()
        .selectedItemProperty()
        .subscribe(
            item -> {
              if (!renewing && item != null && item.getValue().file() != null) {
                chosen.set(item.getValue().file());
              }
            });
  }

  /** The file that is looked at; null when there is none. */
  public ReadOnlyObjectProperty<FileDiff> chosen() {
    return chosen.getReadOnlyProperty();
  }

  /** Shows these files; the chosen one stays chosen, else it is the first. */
  public void show(List<FileDiff> wanted, Marked known) {
    if (wanted.equals(files) && known.equals(marked)) {
      return;
    }
    files = wanted;
    marked = known;
    renewing = true;
    getRoot().getChildren().setAll(known.order().isEmpty() ? folders() : ordered());
    var before = chosen.get();
    // Whoever reads a file goes on reading it.
    boolean there = before != null && find(getRoot(), before.path());
    renewing = false;
    if (!there) {
      chosen.set(null);
      firstLeaf(getRoot());
    }
  }

  /** Chooses the file of that path, if it is here. */
  public void choose(String path) {
    if (path != null) {
      find(getRoot(), path);
    }
  }

  /** To the next file of the tree, or the one before. */
  public void step(int by) {
    int at = getSelectionModel().getSelectedIndex() + by;
    while (at >= 0 && at < getExpandedItemCount()) {
      if (getTreeItem(at).getValue().file() != null) {
        getSelectionModel().clearAndSelect(at);
        scrollTo(at);
        return;
      }
      at += by;
    }
  }

  private boolean find(TreeItem<Entry> item, String path) {
    var entry = item.getValue();
    if (entry != null && entry.file() != null && entry.file().path().equals(path)) {
      select(item);
      return true;
    }
    return item.getChildren().stream().anyMatch(child -> find(child, path));
  }

  private boolean firstLeaf(TreeItem<Entry> item) {
    if (item.getValue() != null && item.getValue().file() != null) {
      select(item);
      return true;
    }
    return item.getChildren().stream().anyMatch(this::firstLeaf);
  }

  private void select(TreeItem<Entry> item) {
    getSelectionModel().select(item);
    chosen.set(item.getValue().file());
  }

  private static final class Folder {
    final Map<String, Folder> folders = new TreeMap<>();
    final Map<String, FileDiff> files = new TreeMap<>();

    void add(String[] parts, int at, FileDiff file) {
      if (at == parts.length - 1) {
        files.put(parts[at], file);
      } else {
        folders.computeIfAbsent(parts[at], _ -> new Folder()).add(parts, at + 1, file);
      }
    }
  }

  private List<TreeItem<Entry>> items(Folder folder) {
    var items = new ArrayList<TreeItem<Entry>>();
    folder.folders.forEach(
        (name, inner) -> {
          var path = new StringBuilder(name);
          var deepest = inner;
          while (deepest.files.isEmpty() && deepest.folders.size() == 1) {
            var only = deepest.folders.entrySet().iterator().next();
            path.append('/').append(only.getKey());
            deepest = only.getValue();
          }
          var children = items(deepest);
          var item =
              new TreeItem<>(
                  new Entry(
                      path.toString(),
                      null,
                      children.stream().anyMatch(c -> c.getValue().marked()),
                      0,
                      "",
                      false));
          item.setExpanded(true);
          item.getChildren().setAll(children);
          items.add(item);
        });
    folder.files.forEach((name, file) -> items.add(item(name, "", file)));
    return items;
  }

  private TreeItem<Entry> item(String name, String folder, FileDiff file) {
    return new TreeItem<>(
        new Entry(
            name,
            file,
            marked.findings().contains(file.path()),
            marked.notes().getOrDefault(file.path(), 0),
            folder,
            marked.seen().contains(file.path())));
  }

  private List<TreeItem<Entry>> folders() {
    var top = new Folder();
    files.forEach(f -> top.add(f.path().split("/"), 0, f));
    return items(top);
  }

  /** In the order that is wanted, each with its folder. */
  private List<TreeItem<Entry>> ordered() {
    var places = new HashMap<String, Integer>();
    marked.order().forEach(path -> places.put(path, places.size()));
    return files.stream()
        .sorted(Comparator.comparingInt(f -> places.getOrDefault(f.path(), Integer.MAX_VALUE)))
        .map(
            f -> {
              int slash = f.path().lastIndexOf('/');
              return item(
                  f.path().substring(slash + 1), f.path().substring(0, Math.max(0, slash)), f);
            })
        .toList();
  }

  private final class Cell extends TreeCell<Entry> {
    Cell() {
      setPrefWidth(0);
    }

    @Override
    protected void updateItem(Entry entry, boolean empty) {
      super.updateItem(entry, empty);
      if (empty || entry == null) {
        setGraphic(null);
        setAccessibleText(null);
        return;
      }
      var row = Widgets.row(6);
      if (entry.file() == null) {
        row.getChildren().add(Widgets.grow(Widgets.label(entry.name(), "soft")));
        setAccessibleText(entry.name());
      } else {
        file(row, entry, entry.file());
      }
      if (entry.marked()) {
        row.getChildren().add(Tone.RED.on(Icon.FAILED.node()));
      }
      setGraphic(row);
    }

    private void file(HBox row, Entry entry, FileDiff file) {
      var letter = Widgets.label(letter(file), "mono");
      letter.setMinWidth(USE_PREF_SIZE);
      tone(file).on(letter);
      if (entry.folder().isEmpty()) {
        row.getChildren().addAll(letter, Widgets.grow(Widgets.label(entry.name())));
      } else {
        var name = Widgets.label(entry.name());
        name.setMinWidth(40);
        row.getChildren()
            .addAll(letter, name, Widgets.grow(Widgets.label(entry.folder(), "muted")));
      }
      if (entry.seen()) {
        row.getChildren().add(Tone.GREEN.on(Icon.CHECK.node()));
      }
      if (entry.notes() > 0) {
        var tag = Widgets.tag(Integer.toString(entry.notes()));
        tag.setGraphic(Icon.COMMENT.node());
        row.getChildren().add(tag);
      }
      var size =
          Widgets.label(
              file.binary()
                  ? context.texts().text("files.binary")
                  : file.additions() + file.deletions() == 0
                      ? ""
                      : "+"
                          + context.texts().count(file.additions())
                          + " −"
                          + context.texts().count(file.deletions()),
              "mono",
              "muted");
      size.setMinWidth(USE_PREF_SIZE);
      row.getChildren().add(size);
      setAccessibleText(
          context.texts().text("files.status." + status(file))
              + " "
              + file.path()
              + " "
              + size.getText());
    }

    private static String status(FileDiff file) {
      return Objects.requireNonNullElse(file.status(), "modified");
    }

    private static String letter(FileDiff file) {
      return switch (status(file)) {
        case "added" -> "A";
        case "deleted" -> "D";
        case "renamed" -> "R";
        default -> "M";
      };
    }

    private static Tone tone(FileDiff file) {
      return switch (status(file)) {
        case "added" -> Tone.GREEN;
        case "deleted" -> Tone.RED;
        case "renamed" -> Tone.PURPLE;
        default -> Tone.AMBER;
      };
    }
  }
}
