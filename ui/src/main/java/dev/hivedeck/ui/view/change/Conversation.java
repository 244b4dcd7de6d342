package dev.hivedeck.ui.view.change;

import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.ui.shell.Desk;
import dev.hivedeck.ui.shell.part.Parts;
import dev.hivedeck.ui.shell.part.Placard;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import java.util.List;
import java.util.function.ObjIntConsumer;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/** What was said about a change, oldest first, and what is noted and not sent yet. */
final class Conversation extends StackPane {
  private final Desk desk;
  private final Texts texts;
  private final ObjIntConsumer<String> look;
  private List<Views.Comment> said;
  private List<LineComment> noted;

  /**
   * @param look shows a line of a file
   */
  Conversation(Desk desk, ObjIntConsumer<String> look) {
    this.desk = desk;
    this.texts = desk.texts();
    this.look = look;
  }

  void show(Views.Change change, List<LineComment> drafts) {
    if (change.comments().equals(said) && drafts.equals(noted)) {
      return;
    }
    said = change.comments();
    noted = drafts;
    if (said.isEmpty() && noted.isEmpty()) {
      getChildren()
          .setAll(
              Placard.empty(Icon.COMMENT, texts.text("talk.empty"), texts.text("talk.empty.more")));
      return;
    }
    var box = new VBox(8);
    for (var c : said) {
      box.getChildren()
          .add(
              word(
                  c.author(),
                  texts.ago(c.at(), desk.live().now().get()),
                  c.file(),
                  c.line(),
                  c.text()));
    }
    for (var d : noted) {
      box.getChildren()
          .add(
              word(texts.text("diff.you"), texts.text("diff.draft"), d.file(), d.line(), d.text()));
    }
    var scroll = new ScrollPane(box);
    scroll.setFitToWidth(true);
    scroll.getStyleClass().add("plain-scroll");
    getChildren().setAll(scroll);
  }

  private VBox word(String author, String when, String file, int line, String text) {
    var head = Parts.row(8, Parts.label(author, "strong"), Parts.label(when, "muted"));
    if (file != null) {
      head.getChildren()
          .add(
              Parts.link(
                  line > 0 ? file + ":" + line : file, () -> look.accept(file, line), "mono"));
    }
    var box = new VBox(4, head, Parts.prose(text));
    box.getStyleClass().add("diff-note");
    return box;
  }
}
