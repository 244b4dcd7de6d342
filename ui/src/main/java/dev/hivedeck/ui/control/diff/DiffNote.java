package dev.hivedeck.ui.control.diff;

import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.view.ChangeViews.Comment;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Instant;
import javafx.scene.control.Label;
import javafx.scene.layout.VBox;

/** What is said about lines, below them. */
public final class DiffNote {
  private DiffNote() {}

  static VBox said(DiffView view, Comment comment) {
    var texts = view.texts();
    boolean done = comment.resolvedBy() != null;
    var box =
        box(
            comment.author(),
            where(texts, comment.first(), comment.line()),
            when(texts, comment, view.desk().live().now().get()),
            comment.text(),
            suggestion(texts, comment.suggestion()));
    if (comment.id() > 0 && comment.replyTo() == null && view.reviewer().resolves()) {
      var acts =
          Widgets.row(
              12,
              Widgets.link(
                  texts.text(done ? "diff.unresolve" : "diff.resolve"),
                  () -> view.reviewer().resolve(comment, !done)));
      if (comment.advises()) {
        acts.getChildren()
            .addFirst(
                Widgets.link(
                    texts.text("diff.advice.take"), () -> view.reviewer().takeUp(comment)));
      }
      box.getChildren().add(acts);
    }
    return box;
  }

  static VBox found(DiffView view, DiffRow.Finding finding) {
    var texts = view.texts();
    var icon =
        finding.failed() ? Tone.RED.on(Icon.FAILED.node()) : Tone.AMBER.on(Icon.WARNED.node());
    var row =
        Widgets.row(
            8,
            icon,
            Widgets.label(finding.gate(), "strong"),
            Widgets.grow(Widgets.prose(texts.said(finding.text()))));
    if (view.reviewer().welcome()) {
      row.getChildren()
          .add(Widgets.link(texts.text("diff.found.note"), () -> view.writer().take(finding)));
    }
    var box = new VBox(row);
    box.getStyleClass().add("diff-note");
    return box;
  }

  static VBox draft(DiffView view, LineComment draft) {
    var texts = view.texts();
    var box =
        box(
            texts.text("diff.you"),
            where(texts, draft.first(), draft.line()),
            texts.text("diff.draft"),
            draft.text(),
            suggestion(texts, draft.suggestion()));
    box.getChildren()
        .add(
            Widgets.row(
                12,
                Widgets.link(texts.text("diff.edit"), () -> view.writer().rewrite(draft)),
                Widgets.link(texts.text("diff.drop"), () -> view.reviewer().drop(draft))));
    return box;
  }

  /**
   * How long ago it was said, and whether it is advice, its lines are gone or what it asks for is
   * done.
   */
  public static String when(Texts texts, Comment comment, Instant now) {
    var when = texts.ago(comment.at(), now);
    if (comment.advisory()) {
      when += " · " + texts.text("diff.advice");
    }
    if (comment.outdated()) {
      when += " · " + texts.text("diff.outdated");
    }
    return comment.resolvedBy() == null ? when : when + " · " + texts.text("diff.resolved");
  }

  /** Which lines it is about, in words. */
  public static String where(Texts texts, int first, int line) {
    return line == 0
        ? texts.text("diff.whole")
        : first < line ? texts.text("diff.lines", first, line) : texts.text("diff.at", line);
  }

  /** What lines should be instead; null for nothing. */
  public static VBox suggestion(Texts texts, String suggestion) {
    if (suggestion == null) {
      return null;
    }
    var box = new VBox(4);
    if (suggestion.isEmpty()) {
      box.getChildren().setAll(Widgets.prose(texts.text("diff.suggest.out"), "soft"));
    } else {
      var code = new Label(Printable.text(suggestion.replace("\t", "    ")));
      code.getStyleClass().addAll("mono", "diff-suggestion");
      code.setWrapText(true);
      code.setMaxWidth(Double.MAX_VALUE);
      box.getChildren().setAll(Widgets.label(texts.text("diff.suggest.be"), "soft"), code);
    }
    return box;
  }

  private static VBox box(String author, String where, String when, String text, VBox more) {
    var box =
        new VBox(
            4,
            Widgets.row(
                6, Widgets.label(author, "strong"), Widgets.label(where + " · " + when, "muted")));
    if (!text.isBlank()) {
      box.getChildren().add(Widgets.prose(text));
    }
    if (more != null) {
      box.getChildren().add(more);
    }
    box.getStyleClass().add("diff-note");
    return box;
  }
}
