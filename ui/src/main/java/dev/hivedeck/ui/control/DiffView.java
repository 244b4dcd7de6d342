package dev.hivedeck.ui.control;

import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.engine.protocol.Query.FileDiff;
import dev.hivedeck.engine.protocol.Views.Comment;
import dev.hivedeck.ui.shell.Desk;
import dev.hivedeck.ui.shell.Hotkey;
import dev.hivedeck.ui.shell.Icon;
import dev.hivedeck.ui.shell.Parts;
import dev.hivedeck.ui.shell.Placard;
import dev.hivedeck.ui.shell.Texts;
import java.util.List;
import javafx.application.Platform;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.scene.control.Label;
import javafx.scene.control.ListView;
import javafx.scene.control.TextArea;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/** The diff of one file, coloured, with what was said about its lines and where to say more. */
public final class DiffView extends VBox {
  /** What a person's words about a line become. */
  public interface Reviewer {
    /** Whether words can be sent now. */
    boolean welcome();

    /** Hears each letter of what is being written; null when it is no more. */
    default void writing(LineComment draft) {}

    void keep(LineComment draft);

    void drop(LineComment draft);

    /** Sends this, with all that is kept. */
    void send(LineComment draft);
  }

  private final Desk desk;
  private final Texts texts;
  private final Reviewer reviewer;
  private final ObservableList<DiffRow> rows = FXCollections.observableArrayList();
  private final ListView<DiffRow> list = new ListView<>(rows);
  private final StackPane body = new StackPane(list);
  private final Label path = Parts.label("", "mono", "soft");
  private final TextArea words = new TextArea();
  private final VBox editor;
  private FileDiff file;
  private List<Comment> comments = List.of();
  private List<LineComment> drafts = List.of();
  private int writing = -1;
  private Syntax syntax = Syntax.of("");

  public DiffView(Desk desk, Reviewer reviewer) {
    this.desk = desk;
    this.texts = desk.texts();
    this.reviewer = reviewer;
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
    editor =
        new VBox(
            8,
            words,
            Parts.row(
                8,
                desk.act(texts.text("diff.send"), this::send, "accent"),
                Parts.button(texts.text("diff.keep"), this::keep)));
    editor.getStyleClass().add("diff-note");
    VBox.setVgrow(body, Priority.ALWAYS);
    getChildren().setAll(path, body);
    setMinWidth(0);
  }

  Texts texts() {
    return texts;
  }

  Desk desk() {
    return desk;
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
    }
    boolean same = !other && wanted.equals(file) && said.equals(comments) && noted.equals(drafts);
    file = wanted;
    comments = said;
    drafts = noted;
    if (!same) {
      renew();
    }
    if (other && !rows.isEmpty()) {
      list.scrollTo(0);
    }
  }

  /** Brings a line of the new side into view and selects it; 0 for the top. */
  public void reveal(int line) {
    for (int i = 0; i < rows.size(); i++) {
      if (rows.get(i) instanceof DiffRow.Line l && l.line().newLine() >= Math.max(1, line)) {
        list.getSelectionModel().clearAndSelect(i);
        list.scrollTo(Math.max(0, i - 4));
        return;
      }
    }
  }

  private void renew() {
    if (file == null) {
      path.setText("");
      rows.clear();
      body.getChildren()
          .setAll(Placard.empty(Icon.FILE, texts.text("diff.none"), texts.text("diff.none.more")));
      return;
    }
    var name =
        file.oldPath() == null || file.oldPath().equals(file.path())
            ? file.path()
            : file.oldPath() + " → " + file.path();
    path.setText(
        file.remade() ? name + " · " + texts.text("diff.mode", file.oldMode(), file.mode()) : name);
    var made = DiffRow.of(file, comments, drafts, writing);
    if (made.isEmpty()) {
      rows.clear();
      body.getChildren().setAll(nothing());
      return;
    }
    int selected = list.getSelectionModel().getSelectedIndex();
    rows.setAll(made);
    if (selected >= 0 && selected < rows.size()) {
      list.getSelectionModel().clearAndSelect(selected);
    }
    if (body.getChildren().getFirst() != list) {
      body.getChildren().setAll(list);
    }
  }

  /** Words wrap to the width of the list, so their rows have another height in another width. */
  private void renewNotes() {
    if (rows.stream().anyMatch(r -> !(r instanceof DiffRow.Line || r instanceof DiffRow.Head))) {
      Platform.runLater(list::refresh);
    }
  }

  private VBox nothing() {
    if (file.binary()) {
      return Placard.empty(
          Icon.FILE, texts.text("diff.binary"), texts.text("diff.binary.more", file.path()));
    }
    if (file.additions() + file.deletions() > 0) {
      return Placard.empty(
          Icon.FILE,
          texts.text("diff.large"),
          texts.text(
              "diff.large.more", texts.count(file.additions()), texts.count(file.deletions())));
    }
    return Placard.empty(
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
    } else {
      return Hotkey.COMMENT.typed(letter) && comment();
    }
    return true;
  }

  /** Writes about the line that is selected. */
  private boolean comment() {
    if (list.getSelectionModel().getSelectedItem() instanceof DiffRow.Line l) {
      write(l.line().newLine());
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
