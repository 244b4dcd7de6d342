package dev.hivedeck.ui.view.change;

import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.ui.control.diff.DiffNote;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.List;
import java.util.function.ObjIntConsumer;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/** What was said about a change, oldest first, and what is noted and not sent yet. */
final class ChangeComments extends StackPane {
  private final ScreenContext context;
  private final Texts texts;
  private final ObjIntConsumer<String> look;
  private List<ChangeViews.Comment> said;
  private List<LineComment> noted;

  /**
   * @param look shows a line of a file
   */
  ChangeComments(ScreenContext context, ObjIntConsumer<String> look) {
    this.context = context;
    this.texts = context.texts();
    this.look = look;
  }

  void show(ChangeViews.Change change, List<LineComment> drafts) {
    if (change.comments().equals(said) && drafts.equals(noted)) {
      return;
    }
    said = change.comments();
    noted = drafts;
    if (said.isEmpty() && noted.isEmpty()) {
      getChildren()
          .setAll(
              EmptyState.empty(
                  Icon.COMMENT, texts.text("talk.empty"), texts.text("talk.empty.more")));
      return;
    }
    var box = new VBox(8);
    for (var c : said) {
      box.getChildren()
          .add(
              word(
                  c.author(),
                  DiffNote.when(texts, c, context.live().now().get()),
                  c.file(),
                  c.first(),
                  c.line(),
                  c.text(),
                  c.suggestion()));
    }
    for (var d : noted) {
      box.getChildren()
          .add(
              word(
                  texts.text("diff.you"),
                  texts.text("diff.draft"),
                  d.file(),
                  d.first(),
                  d.line(),
                  d.text(),
                  d.suggestion()));
    }
    var scroll = new ScrollPane(box);
    scroll.setFitToWidth(true);
    scroll.getStyleClass().add("plain-scroll");
    getChildren().setAll(scroll);
  }

  private VBox word(
      String author,
      String when,
      String file,
      int first,
      int line,
      String text,
      String suggestion) {
    var head = Widgets.row(8, Widgets.label(author, "strong"), Widgets.label(when, "muted"));
    if (file != null) {
      head.getChildren()
          .add(
              Widgets.link(
                  line > 0 ? file + ":" + (first < line ? first + "–" : "") + line : file,
                  () -> look.accept(file, line),
                  "mono"));
    }
    var box = new VBox(4, head);
    if (!text.isBlank()) {
      box.getChildren().add(Widgets.prose(text));
    }
    if (suggestion != null) {
      box.getChildren().add(DiffNote.suggestion(texts, suggestion));
    }
    box.getStyleClass().add("diff-note");
    return box;
  }
}
