package dev.hivedeck.ui.view.change;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Query.FileDiffs;
import dev.hivedeck.engine.protocol.reading.ReadingViews.ReadingFile;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.GateViews;
import dev.hivedeck.ui.control.diff.DiffSource;
import dev.hivedeck.ui.control.diff.DiffView;
import dev.hivedeck.ui.control.diff.FileTree;
import dev.hivedeck.ui.control.diff.Reviewer;
import dev.hivedeck.ui.control.diff.code.MovedLines;
import dev.hivedeck.ui.control.table.MasterDetail;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import javafx.scene.control.Label;
import javafx.scene.control.SplitPane;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/** The files of a change: the tree, and the diff of the one that is looked at. */
final class ChangeFiles extends StackPane {
  private static final String BY_RISK = "changes.by-risk";

  /** What a diff depends on: a change that moves on has another. */
  private record Version(String change, String base, String head, String merge) {}

  private final ScreenContext context;
  private final Texts texts;
  private final FileTree tree;
  private final DiffView diff;
  private final Label cut = Widgets.prose("", "muted");
  private final SeenMarks marks;
  private final ReadingStrip strip;
  private boolean byRisk;
  private final VBox content;
  private Version version;
  private FileDiffs files;
  private ChangeViews.Change change;
  private List<LineComment> drafts = List.of();
  private String file;
  private int line = -1;

  ChangeFiles(ScreenContext context, Reviewer reviewer) {
    this.context = context;
    this.texts = context.texts();
    tree = new FileTree(context);
    diff =
        new DiffView(
            context,
            reviewer,
            new DiffSource() {
              @Override
              public CompletableFuture<JsonNode> lines(String path, int from) {
                return context.steering().query(new Query.Diff(version.change(), null, path, from));
              }

              @Override
              public CompletableFuture<JsonNode> content(String path, boolean before) {
                return context.steering().query(new Query.FileAt(version.change(), path, before));
              }
            });
    marks = new SeenMarks(context, this::marked);
    diff.marking(marks, this::beyond);
    byRisk = context.settings().flag(BY_RISK, true);
    strip = new ReadingStrip(texts, tree::choose, this::turn);
    Widgets.show(strip, false);
    tree.chosen().subscribe(_ -> file());
    var split = MasterDetail.split(context, "changes.files", 0.32, tree, diff);
    SplitPane.setResizableWithParent(tree, false);
    VBox.setVgrow(split, Priority.ALWAYS);
    cut.setText(texts.text("files.cut"));
    content = new VBox(6, cut, strip, split);
    addEventFilter(
        KeyEvent.KEY_PRESSED,
        e -> {
          if (Hotkey.NEXT_FILE.pressed(e) || Hotkey.PREVIOUS_FILE.pressed(e)) {
            tree.step(Hotkey.NEXT_FILE.pressed(e) ? 1 : -1);
            e.consume();
          }
        });
  }

  void show(ChangeViews.Change wanted, List<LineComment> notes) {
    change = wanted;
    drafts = notes;
    var needed = new Version(wanted.id(), wanted.base(), wanted.head(), wanted.merge());
    if (!needed.equals(version)) {
      if (version == null || !version.change().equals(needed.change())) {
        files = null;
      }
      version = needed;
      load();
    }
    marks.show(wanted.id());
    renew();
  }

  /** Shows a line of a file, as soon as it is there. */
  void reveal(String path, int at) {
    file = path;
    line = at;
    go();
  }

  void enter() {
    tree.requestFocus();
  }

  /** Lets letters be found in the file that is looked at; whether there is one. */
  boolean find() {
    return diff.find();
  }

  /** Path of the file that is looked at; null for none. */
  String path() {
    var chosen = tree.chosen().get();
    return chosen == null ? null : chosen.path();
  }

  /** Takes a letter that nobody else has a use for; whether it was of use. */
  boolean typed(char letter) {
    if (Hotkey.NEXT_FILE.typed(letter) || Hotkey.PREVIOUS_FILE.typed(letter)) {
      tree.step(Hotkey.NEXT_FILE.typed(letter) ? 1 : -1);
      return true;
    }
    if (Hotkey.ORDER.typed(letter)) {
      turn();
      return true;
    }
    return diff.typed(letter);
  }

  /** Files by risk, or by folder. */
  private void turn() {
    byRisk = !byRisk;
    context.settings().put(BY_RISK, byRisk);
    renew();
  }

  /** Other hunks are seen now. */
  private void marked() {
    renew();
    diff.renewMarks();
  }

  /** Goes to the next file that has something new, or to the one before; whether there is one. */
  private boolean beyond(int by) {
    var files = marks.files();
    int at = 0;
    while (at < files.size() && !files.get(at).path().equals(path())) {
      at++;
    }
    boolean here = at < files.size();
    for (int i = 1; i <= files.size(); i++) {
      int next = (here ? at : by > 0 ? -1 : 0) + i * by;
      if (by < 0 && next < 0) {
        return false; // before the first there is none
      }
      var file = files.get(Math.floorMod(next, files.size()));
      boolean fresh = marks.seen(file) < file.hunks().size();
      if (!file.path().equals(path()) && (fresh || by < 0)) {
        tree.choose(file.path());
        return true;
      }
    }
    return false;
  }

  private void load() {
    var asked = version;
    if (files == null) {
      getChildren().setAll(EmptyState.loading(texts.text("files.loading")));
    }
    context
        .steering()
        .query(new Query.Diff(asked.change(), null))
        .whenComplete(
            (answer, failure) -> {
              if (!asked.equals(version)) {
                return;
              }
              if (failure == null) {
                files = Json.as(answer, FileDiffs.class);
                diff.forget();
                diff.moves(MovedLines.of(files.files()));
                getChildren()
                    .setAll(
                        files.files().isEmpty()
                            ? EmptyState.empty(
                                Icon.FILE,
                                texts.text("files.empty"),
                                texts.text("files.empty.more"))
                            : content);
                renew();
                go();
              } else {
                getChildren()
                    .setAll(EmptyState.failed(texts, DiffView.fault(texts, failure), this::load));
              }
            });
  }

  private void renew() {
    if (files == null) {
      return;
    }
    Widgets.show(cut, files.truncated());
    var marked =
        change.gates().stream()
            .filter(g -> g.outcome() == GateViews.Outcome.FAILED)
            .flatMap(g -> g.findings().stream())
            .map(GateViews.Finding::file)
            .filter(Objects::nonNull)
            .distinct()
            .toList();
    Map<String, Integer> notes = new HashMap<>();
    change.comments().stream()
        .filter(c -> c.file() != null)
        .forEach(c -> notes.merge(c.file(), 1, Integer::sum));
    drafts.forEach(d -> notes.merge(d.file(), 1, Integer::sum));
    var order = byRisk ? marks.files().stream().map(ReadingFile::path).toList() : List.<String>of();
    var seen =
        marks.files().stream()
            .filter(f -> marks.seen(f) == f.hunks().size())
            .map(ReadingFile::path)
            .collect(Collectors.toSet());
    tree.show(files.files(), new FileTree.Marked(marked, notes, order, seen));
    file();
  }

  private void go() {
    if (files != null && file != null) {
      tree.choose(file);
      diff.reveal(line);
      file = null;
    }
  }

  private void file() {
    var chosen = tree.chosen().get();
    if (change == null) {
      return;
    }
    var path = chosen == null ? "" : chosen.path();
    strip.show(marks, path, byRisk);
    diff.show(
        chosen,
        change.comments().stream().filter(c -> path.equals(c.file())).toList(),
        drafts.stream().filter(d -> path.equals(d.file())).toList(),
        change.gates());
  }
}
