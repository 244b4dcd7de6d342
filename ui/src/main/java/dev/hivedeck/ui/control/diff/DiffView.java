package dev.hivedeck.ui.control.diff;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query.FileDiff;
import dev.hivedeck.engine.protocol.Query.FileDiffs;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.ChangeViews.Comment;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.notice.ErrorMessages;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javafx.application.Platform;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.css.PseudoClass;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ListView;
import javafx.scene.control.TextArea;
import javafx.scene.control.skin.VirtualFlow;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/** The diff of one file, coloured, with what was said about its lines and where to say more. */
public final class DiffView extends VBox {
  /** What a person's words about a line become. */
  public interface Reviewer {
    /** Of a diff that nothing is said about: its lines are not there yet. */
    Reviewer NONE =
        new Reviewer() {
          @Override
          public boolean welcome() {
            return false;
          }

          @Override
          public void keep(LineComment draft) {}

          @Override
          public void drop(LineComment draft) {}

          @Override
          public void send(LineComment draft) {}
        };

    /** Whether words can be sent now. */
    boolean welcome();

    /** Hears each letter of what is being written; null when it is no more. */
    default void writing(LineComment draft) {}

    void keep(LineComment draft);

    void drop(LineComment draft);

    /** Sends this, with all that is kept. */
    void send(LineComment draft);

    /** How many are kept, whatever files they are on. */
    default int kept() {
      return 0;
    }

    /** Whether a file can be opened in the person's editor. */
    default boolean opens() {
      return false;
    }

    /** Opens that file in the person's editor. */
    default void open(String path) {}
  }

  /** Where the lines of a file are that were not told unasked, since there are so many. */
  @FunctionalInterface
  public interface Source {
    /** The lines after so many, as {@link FileDiffs} of that file. */
    CompletableFuture<JsonNode> lines(String path, int from);
  }

  private static final String SIDES = "diff.sides";

  /** Where numbers of lines have more than four digits. */
  private static final PseudoClass LONG = PseudoClass.getPseudoClass("long");

  private final ScreenContext context;
  private final Texts texts;
  private final Reviewer reviewer;
  private final Source source;
  private final ObservableList<DiffRow> rows = FXCollections.observableArrayList();
  private final ListView<DiffRow> list = new ListView<>(rows);
  private final StackPane body = new StackPane(list);
  private final Label path = Widgets.label("", "mono", "soft");
  private final TextArea words = new TextArea();
  private final VBox editor;
  private final DiffFind finder;
  private final Button editing;
  private final Button send;
  private List<Integer> found = List.of();
  private boolean sides;
  private FileDiff file;

  /** The file with all of its lines that were read by now; null when it is to be read anew. */
  private FileDiff whole;

  private boolean rest;
  private boolean reading;
  private HiveException.Fault failed;
  private Object asked = new Object();
  private int sought = -1;
  private List<Comment> comments = List.of();
  private List<LineComment> drafts = List.of();
  private int writing = -1;
  private Syntax syntax = Syntax.of("");

  /** Of files that come with all their lines. */
  public DiffView(ScreenContext context, Reviewer reviewer) {
    this(context, reviewer, null);
  }

  public DiffView(ScreenContext context, Reviewer reviewer, Source source) {
    this.context = context;
    this.texts = context.texts();
    this.reviewer = reviewer;
    this.source = source;
    sides = context.settings().flag(SIDES, false);
    getStyleClass().add("diff");
    path.getStyleClass().add("diff-path");
    list.getStyleClass().addAll("plain-list", "diff-lines");
    list.setAccessibleText(texts.text("diff.name"));
    list.setCellFactory(_ -> new DiffCell(this));
    list.widthProperty().subscribe(_ -> renewNotes());
    list.addEventHandler(KeyEvent.KEY_PRESSED, this::pressed);
    words.setPromptText(texts.text("diff.write"));
    words.setAccessibleText(texts.text("diff.write"));
    words.setWrapText(true);
    words.setPrefRowCount(3);
    words.addEventFilter(
        KeyEvent.KEY_PRESSED,
        e -> {
          if (Hotkey.SEND.pressed(e)) {
            send();
            e.consume();
          } else if (Hotkey.BACK.pressed(e)) {
            keep();
            e.consume();
          }
        });
    words
        .textProperty()
        .addListener(
            (_, _, text) -> {
              if (writing >= 0 && file != null) {
                reviewer.writing(
                    text.isBlank() ? null : new LineComment(file.path(), writing, text.strip()));
              }
            });
    send = context.act("", this::send, "accent");
    editor =
        new VBox(
            8, words, Widgets.row(8, send, Widgets.button(texts.text("diff.keep"), this::keep)));
    editor.getStyleClass().add("diff-note");
    finder = new DiffFind(texts, this::seek, this::step, this::foundIt);
    editing = icon(Icon.DETACH, Hotkey.EDITOR, this::open);
    Widgets.show(editing, false);
    VBox.setVgrow(body, Priority.ALWAYS);
    var bar =
        Widgets.row(
            2,
            Widgets.grow(path),
            icon(Icon.SIDES, Hotkey.SIDES, this::turn),
            icon(Icon.SEARCH, Hotkey.FIND, this::find),
            editing);
    bar.getStyleClass().add("diff-bar");
    getChildren().setAll(bar, finder, body);
    setMinWidth(0);
    addEventFilter(
        KeyEvent.KEY_PRESSED,
        e -> {
          if (Hotkey.FIND.pressed(e) && find()) {
            e.consume();
          }
        });
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

  Syntax syntax() {
    return syntax;
  }

  VBox editor() {
    return editor;
  }

  ListView<DiffRow> list() {
    return list;
  }

  Reviewer reviewer() {
    return reviewer;
  }

  /** Shows a file with what is said about it; null for none. */
  public void show(FileDiff wanted, List<Comment> said, List<LineComment> noted) {
    boolean other = file == null || wanted == null || !file.path().equals(wanted.path());
    if (other) {
      keep();
      syntax = Syntax.of(wanted == null ? "" : wanted.path());
      sought = -1;
    }
    boolean fresh = other || whole == null || !wanted.equals(file);
    boolean same = !fresh && said.equals(comments) && noted.equals(drafts);
    file = wanted;
    comments = said;
    drafts = noted;
    if (fresh) {
      asked = new Object();
      reading = false;
      failed = null;
      whole = wanted;
      rest = wanted != null && wanted.cut() && source != null;
      more();
    }
    if (!same) {
      renew();
    }
    if (other && !rows.isEmpty()) {
      list.scrollTo(0);
    }
  }

  /** What was read of files beyond what was told with them is of another state by now. */
  public void forget() {
    whole = null;
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
    list.getSelectionModel().clearAndSelect(row);
    list.scrollTo(Math.max(0, row - 4));
  }

  /** The row that says that there is more came into view. */
  void comes() {
    Platform.runLater(this::more);
  }

  /** Reads on. */
  void more() {
    if (!rest || reading) {
      return;
    }
    reading = true;
    failed = null;
    var mine = asked;
    source
        .lines(file.path(), whole.lines())
        .whenComplete(
            (answer, failure) -> {
              if (mine == asked && whole != null) {
                reading = false;
                if (failure == null) {
                  var part = Json.as(answer, FileDiffs.class);
                  whole = whole.with(part.files().getFirst().hunks());
                  rest = part.truncated();
                } else {
                  failed = fault(texts, failure);
                }
                renew();
              }
            });
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
      rows.clear();
      body.getChildren()
          .setAll(
              EmptyState.empty(Icon.FILE, texts.text("diff.none"), texts.text("diff.none.more")));
      return;
    }
    var name =
        file.oldPath() == null || file.oldPath().equals(file.path())
            ? file.path()
            : file.oldPath() + " → " + file.path();
    path.setText(
        file.remade() ? name + " · " + texts.text("diff.mode", file.oldMode(), file.mode()) : name);
    send.setText(texts.text("diff.send", reviewer.kept() + 1));
    var made = DiffRow.of(whole, comments, drafts, writing, sides);
    if (failed != null && whole.lines() == 0) {
      rows.clear();
      body.getChildren().setAll(EmptyState.failed(texts, failed, this::more));
      return;
    }
    if (made.isEmpty() || rest && whole.lines() == 0) {
      rows.clear();
      body.getChildren().setAll(rest ? EmptyState.loading(texts.text("files.loading")) : nothing());
      return;
    }
    if (rest) {
      made.add(new DiffRow.More());
    }
    pseudoClassStateChanged(LONG, last() > 9_999);
    int selected = list.getSelectionModel().getSelectedIndex();
    place(made);
    if (selected >= 0 && selected < rows.size()) {
      list.getSelectionModel().clearAndSelect(selected);
    }
    if (body.getChildren().getFirst() != list) {
      body.getChildren().setAll(list);
    }
    if (sought >= 0) {
      reveal(sought);
    }
    seek();
  }

  /** The number of the last line that was read. */
  private int last() {
    var hunks = whole.hunks();
    if (hunks.isEmpty() || hunks.getLast().lines().isEmpty()) {
      return 0;
    }
    var line = hunks.getLast().lines().getLast();
    return Math.max(line.oldLine(), line.newLine());
  }

  /** Only what differs is set, and what stands at the top stays there. */
  private void place(List<DiffRow> made) {
    int first = first();
    var top = first < 0 || first >= rows.size() ? null : rows.get(first);
    int same = 0;
    while (same < rows.size() && same < made.size() && rows.get(same).equals(made.get(same))) {
      same++;
    }
    int end = rows.size();
    int other = made.size();
    while (end > same && other > same && rows.get(end - 1).equals(made.get(other - 1))) {
      end--;
      other--;
    }
    if (end == same && other == same) {
      return;
    }
    boolean news = same == 0;
    rows.remove(same, end);
    rows.addAll(same, made.subList(same, other));
    if (!news && top != null) {
      list.scrollTo(same > first ? first : Math.max(0, rows.indexOf(top)));
    }
  }

  /** The row that is seen first; -1 for none. */
  private int first() {
    return list.lookup(".virtual-flow") instanceof VirtualFlow<?> flow
            && flow.getFirstVisibleCell() != null
        ? flow.getFirstVisibleCell().getIndex()
        : -1;
  }

  // ── how it is read ──────────────────────────────────────────────────────────────────────────

  /** Both sides beside each other, or all lines below each other. */
  private void turn() {
    sides = !sides;
    context.settings().put(SIDES, sides);
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
    seek();
    return true;
  }

  boolean finds(DiffRow row) {
    var letters = finder.sought();
    return !letters.isEmpty() && row.holds(letters);
  }

  private void seek() {
    var letters = finder.sought();
    var places = new ArrayList<Integer>();
    if (!letters.isEmpty()) {
      for (int i = 0; i < rows.size(); i++) {
        if (rows.get(i).holds(letters)) {
          places.add(i);
        }
      }
      more(); // To its end: what is not read cannot be found.
    }
    boolean news = !places.equals(found);
    found = places;
    if (news) {
      list.refresh();
    }
    tell();
  }

  private void step(int by) {
    if (found.isEmpty()) {
      return;
    }
    int at = list.getSelectionModel().getSelectedIndex();
    int place = Collections.binarySearch(found, at);
    int next = place >= 0 ? place + by : by > 0 ? -place - 1 : -place - 2; // between two of them
    select(found.get(Math.floorMod(next, found.size())));
    tell();
  }

  private void tell() {
    int at = found.indexOf(list.getSelectionModel().getSelectedIndex());
    finder.tell(at, found.size(), rest);
  }

  private void foundIt() {
    seek();
    list.requestFocus();
  }

  private void open() {
    if (file != null) {
      reviewer.open(file.path());
    }
  }

  /** Words wrap to the width of the list, so their rows have another height in another width. */
  private void renewNotes() {
    if (sides
        || rows.stream().anyMatch(r -> !(r instanceof DiffRow.Line || r instanceof DiffRow.Head))) {
      Platform.runLater(list::refresh);
    }
  }

  private VBox nothing() {
    if (file.binary()) {
      return EmptyState.empty(
          Icon.FILE, texts.text("diff.binary"), texts.text("diff.binary.more", file.path()));
    }
    if (file.additions() + file.deletions() > 0) {
      return EmptyState.empty(
          Icon.FILE,
          texts.text("diff.large"),
          texts.text(
              "diff.large.more", texts.count(file.additions()), texts.count(file.deletions())));
    }
    return EmptyState.empty(
        Icon.FILE,
        texts.text(file.status().equals("renamed") ? "diff.renamed" : "diff.same"),
        texts.text("diff.same.more"));
  }

  private void pressed(KeyEvent e) {
    if (Hotkey.OPEN.pressed(e) && comment()) {
      e.consume();
    }
  }

  /** Takes a letter that nobody else has a use for; whether it was of use. */
  public boolean typed(char letter) {
    if (Hotkey.NEXT_HUNK.typed(letter)) {
      head(1);
    } else if (Hotkey.PREVIOUS_HUNK.typed(letter)) {
      head(-1);
    } else if (Hotkey.SIDES.typed(letter)) {
      turn();
    } else {
      return Hotkey.COMMENT.typed(letter) && comment();
    }
    return true;
  }

  /** Writes about the line that is selected. */
  private boolean comment() {
    var row = list.getSelectionModel().getSelectedItem();
    if (row instanceof DiffRow.Line || row instanceof DiffRow.Pair) {
      write(row.newLine());
      return true;
    }
    return false;
  }

  private void head(int step) {
    int at = list.getSelectionModel().getSelectedIndex() + step;
    while (at >= 0 && at < rows.size()) {
      if (rows.get(at) instanceof DiffRow.Head) {
        list.getSelectionModel().clearAndSelect(at);
        list.scrollTo(at);
        list.requestFocus();
        return;
      }
      at += step;
    }
  }

  /** Opens the editor below a line of the new side. */
  void write(int line) {
    if (line <= 0 || !reviewer.welcome()) {
      return;
    }
    keep();
    writing = line;
    renew();
    for (int i = 0; i < rows.size(); i++) {
      if (rows.get(i) instanceof DiffRow.Writing) {
        list.scrollTo(Math.max(0, i - 6));
      }
    }
    Platform.runLater(words::requestFocus);
  }

  /** Takes a kept note up again. */
  void rewrite(LineComment draft) {
    reviewer.drop(draft);
    write(draft.line());
    words.setText(draft.text());
  }

  private LineComment close() {
    if (writing < 0 || file == null) {
      return null;
    }
    var text = words.getText().strip();
    var draft = text.isEmpty() ? null : new LineComment(file.path(), writing, text);
    if (draft != null) {
      reviewer.writing(null);
    }
    writing = -1;
    words.clear();
    return draft;
  }

  private void keep() {
    if (writing < 0) {
      return;
    }
    var draft = close();
    if (draft == null) {
      renew();
    } else {
      reviewer.keep(draft);
    }
    list.requestFocus();
  }

  private void send() {
    var draft = close();
    renew();
    if (draft != null) {
      reviewer.send(draft);
    }
  }
}
