package dev.hivedeck.ui.control.diff;

import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query.FileDiff;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.ChangeViews.Comment;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.ui.control.diff.code.CodeColours;
import dev.hivedeck.ui.control.diff.code.DiffCode;
import dev.hivedeck.ui.control.diff.code.MovedLines;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.notice.ErrorMessages;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.List;
import java.util.function.IntPredicate;
import javafx.application.Platform;
import javafx.collections.ObservableList;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ListView;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/** The diff of one file, coloured, with what was said about its lines and where to say more. */
public final class DiffView extends VBox {
  private static final String SIDES = "diff.sides";
  private static final String PLAIN = "diff.plain";

  private final ScreenContext context;
  private final Texts texts;
  private final Reviewer reviewer;
  private final DiffSource source;
  private final RowList list = new RowList();
  private final ObservableList<DiffRow> rows = list.getItems();
  private final StackPane body = new StackPane(list);
  private final Label path = Widgets.label("", "mono", "soft");
  private final CommentWriter writer;
  private final DiffFind finder;
  private final PartReader parts;
  private final Button editing;
  private final HunkSteps hunks;
  private final HunkContext contexts;
  private boolean sides;
  private boolean plain;
  private FileDiff file;
  private int sought = -1;
  private DiffRow.Remarks remarks = DiffRow.Remarks.NONE;
  private final CodeColours colours;
  private final DiffCode code;
  private final RowHeights heights;

  /** Of files that come with all their lines. */
  public DiffView(ScreenContext context, Reviewer reviewer) {
    this(context, reviewer, null);
  }

  public DiffView(ScreenContext context, Reviewer reviewer, DiffSource source) {
    this.context = context;
    this.texts = context.texts();
    this.reviewer = reviewer;
    sides = context.settings().flag(SIDES, false);
    plain = context.settings().flag(PLAIN, false);
    colours = new CodeColours(this::colours);
    code = new DiffCode(texts, colours);
    heights = new RowHeights(colours, code);
    this.source = source;
    parts = new PartReader(texts, source, this::renew);
    getStyleClass().add("diff");
    path.getStyleClass().add("diff-path");
    list.setAccessibleText(texts.text("diff.name"));
    list.setCellFactory(_ -> new DiffCell(this));
    list.widthProperty().subscribe(_ -> renewNotes());
    list.addEventHandler(KeyEvent.KEY_PRESSED, this::pressed);
    writer = new CommentWriter(context, reviewer, list, parts, () -> file.path(), this::renew);
    contexts = new HunkContext(context, source, this::renew);
    hunks = new HunkSteps(list, rows, parts, contexts, this::renew);
    finder = new DiffFind(texts, list, rows, parts, this::select);
    editing = icon(Icon.DETACH, Hotkey.EDITOR, () -> reviewer.open(file.path()));
    Widgets.show(editing, false);
    VBox.setVgrow(body, Priority.ALWAYS);
    var bar =
        Widgets.row(
            2,
            Widgets.grow(path),
            icon(Icon.SIDES, Hotkey.SIDES, this::turn),
            icon(Icon.WRAP, Hotkey.SPACE, this::plain),
            icon(Icon.SEARCH, Hotkey.FIND, this::find),
            editing);
    bar.getStyleClass().add("diff-bar");
    getChildren().setAll(bar, finder, body, colours);
    setMinWidth(0);
    addEventFilter(
        KeyEvent.KEY_PRESSED,
        e -> {
          if (Hotkey.FIND.pressed(e) && find()) {
            e.consume();
          }
        });
  }

  /**
   * Lets hunks be marked as seen.
   *
   * @param marks what is seen by now
   * @param beyond goes to another file: 1 for the next that has something new, -1 for the one
   *     before; whether there is one
   */
  public DiffView marking(Marks marks, IntPredicate beyond) {
    hunks.marking(marks, beyond);
    return this;
  }

  private Button icon(Icon icon, Hotkey key, Runnable run) {
    var name = texts.text(key.text()) + " (" + texts.keys(key) + ")";
    var button = Widgets.icon(icon, name, run, "flat");
    button.setFocusTraversable(false);
    return button;
  }

  Texts texts() {
    return texts;
  }

  ScreenContext desk() {
    return context;
  }

  DiffCode code() {
    return code;
  }

  HunkContext contexts() {
    return contexts;
  }

  /** The file with all of its lines that were read. */
  FileDiff file() {
    return parts.whole();
  }

  HunkSteps hunks() {
    return hunks;
  }

  CommentWriter writer() {
    return writer;
  }

  ListView<DiffRow> list() {
    return list;
  }

  Reviewer reviewer() {
    return reviewer;
  }

  /** Shows a file with what is said about it; null for none. */
  public void show(FileDiff wanted, List<Comment> said, List<LineComment> noted) {
    show(wanted, said, noted, List.of());
  }

  /**
   * As {@link #show(FileDiff, List, List)}.
   *
   * @param gates whose findings are shown at their lines
   */
  public void show(
      FileDiff wanted, List<Comment> said, List<LineComment> noted, List<GateResult> gates) {
    var all = DiffRow.Remarks.of(wanted, said, noted, gates);
    boolean other = file == null || wanted == null || !file.path().equals(wanted.path());
    if (other) {
      writer.keep();
      code.of(wanted == null ? "" : wanted.path());
      sought = -1;
      hunks.foldAll();
    }
    file = wanted;
    boolean fresh = parts.read(wanted) || other;
    if (fresh) {
      contexts.forget();
    }
    boolean same = !fresh && all.equals(remarks);
    remarks = all;
    if (!same) {
      renew();
    }
    if (other && !rows.isEmpty()) {
      list.scrollTo(0);
    }
  }

  /** Tells which lines only moved. */
  public void moves(MovedLines moves) {
    code.moves(moves);
    list.refresh();
  }

  /** The theme is another, or letters have another size. */
  private void colours() {
    heights.forget();
    code.renew();
    list.refresh();
  }

  RowHeights heights() {
    return heights;
  }

  /** Shows anew what was seen of it. */
  public void renewMarks() {
    if (file != null) {
      renew();
    }
  }

  /** What was read of files beyond what was told with them is of another state by now. */
  public void forget() {
    parts.forget();
  }

  /** Brings a line of the new side into view and selects it; 0 for the top. */
  public void reveal(int line) {
    for (int i = 0; i < rows.size(); i++) {
      if (rows.get(i).newLine() >= Math.max(1, line)) {
        select(i);
        return;
      }
    }
    sought = line; // As soon as it is read.
    more();
  }

  private void select(int row) {
    sought = -1;
    list.select(row);
  }

  /** Reads on. */
  void more() {
    parts.more();
  }

  /** What is told of a diff that could not be read. */
  public static HiveException.Fault fault(Texts texts, Throwable failure) {
    return ErrorMessages.of(
        failure,
        cause ->
            HiveException.Fault.of(
                ErrorCode.DIFF,
                texts.text("files.failed", cause.getMessage()),
                texts.text("files.failed.hint")));
  }

  private void renew() {
    Widgets.show(editing, file != null && reviewer.opens());
    if (file == null) {
      path.setText("");
      instead(EmptyState.empty(Icon.FILE, texts.text("diff.none"), texts.text("diff.none.more")));
      return;
    }
    path.setText(FileNotice.title(texts, file));
    writer.editor().renew();
    var shape =
        new DiffRow.Shape(
            writer.editor().line(),
            sides,
            plain,
            hunks.marks(),
            hunks.unfolded(),
            parts.rest() ? null : contexts);
    var whole = parts.whole();
    var made = DiffRow.of(whole, remarks, shape);
    boolean none = whole.lines() == 0;
    if (parts.failed() != null && none) {
      instead(EmptyState.failed(texts, parts.failed(), this::more));
      return;
    }
    if (made.isEmpty() || parts.rest() && none) {
      instead(
          parts.rest()
              ? EmptyState.loading(texts.text("files.loading"))
              : FileNotice.nothing(texts, file, source));
      return;
    }
    if (parts.rest()) {
      made.add(new DiffRow.More());
    }
    if (colours.digits(Math.max(4, Integer.toString(parts.last()).length()))) {
      heights.forget();
    }
    int selected = list.getSelectionModel().getSelectedIndex();
    list.place(made);
    if (selected >= 0 && selected < rows.size()) {
      list.getSelectionModel().clearAndSelect(selected);
    }
    if (body.getChildren().getFirst() != list) {
      body.getChildren().setAll(list);
    }
    if (sought >= 0) {
      reveal(sought);
    }
    finder.seek();
  }

  /** There are no lines to show, and why. */
  private void instead(Region why) {
    rows.clear();
    body.getChildren().setAll(why);
  }

  // ── how it is read ──────────────────────────────────────────────────────────────────────────

  /** Both sides beside each other, or all lines below each other. */
  private void turn() {
    sides = !sides;
    context.settings().put(SIDES, sides);
    again();
  }

  /** White space counts for nothing, or as anything else. */
  private void plain() {
    plain = !plain;
    context.settings().put(PLAIN, plain);
    again();
  }

  /** In another shape, at the same line. */
  private void again() {
    int at = list.getSelectionModel().getSelectedIndex();
    int line = at < 0 || at >= rows.size() ? 0 : rows.get(at).newLine();
    renew();
    if (line > 0) {
      reveal(line);
    }
  }

  /** Lets letters be found in this file; whether there is anything to find them in. */
  public boolean find() {
    if (rows.isEmpty()) {
      return false;
    }
    finder.open();
    return true;
  }

  boolean finds(DiffRow row) {
    var letters = finder.sought();
    return !letters.isEmpty() && row.holds(letters);
  }

  /** Words wrap to the width of the list, so their rows have another height in another width. */
  private void renewNotes() {
    if (sides
        || rows.stream().anyMatch(r -> !(r instanceof DiffRow.Line || r instanceof DiffRow.Head))) {
      Platform.runLater(list::refresh);
    }
  }

  private void pressed(KeyEvent e) {
    if (Hotkey.OPEN.pressed(e) && (hunks.fold() || writer.comment())) {
      e.consume();
    }
  }

  /** Takes a letter that nobody else has a use for; whether it was of use. */
  public boolean typed(char letter) {
    if (Hotkey.SIDES.typed(letter)) {
      turn();
      return true;
    }
    if (Hotkey.SPACE.typed(letter)) {
      plain();
      return true;
    }
    return hunks.typed(letter) || Hotkey.COMMENT.typed(letter) && writer.comment();
  }
}
