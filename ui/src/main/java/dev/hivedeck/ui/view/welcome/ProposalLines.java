package dev.hivedeck.ui.view.welcome;

import dev.hivedeck.engine.protocol.Config.ProposedLine;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javafx.beans.property.SimpleDoubleProperty;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.control.TextField;
import javafx.scene.input.Clipboard;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/**
 * A proposed file, a line each with the reason why it is there. Any line can be edited where it
 * stands; what a person wrote is said to be theirs. Up and Down go from line to line, so that Tab
 * passes all of them at once.
 */
final class ProposalLines extends VBox {
  private static final double REASON = 235;

  private final Texts texts;
  private final Runnable changed;
  private final List<Line> lines = new ArrayList<>();

  /** What was proposed and the person took out. */
  private final Set<String> gone = new HashSet<>();

  private final SimpleDoubleProperty reasons = new SimpleDoubleProperty(REASON);

  /**
   * @param changed hears of each edit
   */
  ProposalLines(Texts texts, Runnable changed) {
    this.texts = texts;
    this.changed = changed;
    getStyleClass().add("first-lines");
  }

  /**
   * Shows a proposal. Of one that was shown before, what the person changed, added and took out
   * stays so; a changed line that has no place any more stays as a comment.
   */
  void show(List<ProposedLine> proposed) {
    var before = List.copyOf(lines);
    lines.clear();
    proposed.stream()
        .map(Line::new)
        .filter(line -> !gone.contains(line.proposed))
        .forEach(lines::add);
    int at = 0;
    for (var line : before) {
      var same = lines.stream().filter(l -> l.proposed.equals(line.proposed)).findFirst();
      if (!line.added && same.isPresent()) {
        if (line.edited()) {
          same.get().field.setText(line.field.getText());
        }
        at = lines.indexOf(same.get()) + 1;
      } else if (line.added || line.edited()) {
        String text = line.field.getText();
        lines.add(at, new Line(line.added ? text : comment(text)));
        at++;
      }
    }
    layOut();
  }

  private static String comment(String text) {
    String plain = text.stripLeading();
    return plain.isEmpty() || plain.startsWith("#")
        ? text
        : text.substring(0, text.length() - plain.length()) + "# " + plain;
  }

  /** The whole file as it would be written. */
  String text() {
    return lines.stream().map(Line::whole).collect(Collectors.joining("\n", "", "\n"));
  }

  /** Leaves reasons less room where there is little. */
  void narrow(boolean narrow) {
    reasons.set(narrow ? 110 : REASON);
  }

  int count() {
    return lines.size();
  }

  /** Whether a line says exactly this. */
  boolean has(String text) {
    return find(text).isPresent();
  }

  /** Puts another text in the place of a line, as a person would. */
  void rewrite(String text, String other) {
    find(text).ifPresent(line -> line.field.setText(other));
  }

  private Optional<Line> find(String text) {
    return lines.stream().filter(line -> line.field.getText().equals(text)).findFirst();
  }

  private void layOut() {
    getChildren().setAll(lines);
    for (int i = 0; i < lines.size(); i++) {
      lines.get(i).number(i + 1);
    }
    enter(lines.isEmpty() ? null : lines.getFirst());
  }

  /** The one that Tab comes to. */
  private void enter(Line reached) {
    lines.forEach(line -> line.field.setFocusTraversable(line == reached));
  }

  private void go(int to) {
    if (to >= 0 && to < lines.size()) {
      var field = lines.get(to).field;
      field.applyCss(); // A field that is new marks all as it is dressed.
      field.requestFocus();
      field.end(); // Nothing is marked, so that what is typed takes nothing away.
    }
  }

  private void add(int at, List<String> texts) {
    for (int i = 0; i < texts.size(); i++) {
      lines.add(at + i, new Line(texts.get(i)));
    }
    layOut();
    go(at + texts.size() - 1);
    changed.run();
  }

  private void remove(Line line) {
    int at = lines.indexOf(line);
    lines.remove(line);
    if (!line.added) {
      gone.add(line.proposed);
    }
    layOut();
    go(Math.max(0, at - 1));
    changed.run();
  }

  private final class Line extends HBox {
    private final Label number = Widgets.label("", "mono", "muted");
    private final TextField field;
    private final Label reason;
    private final String why;
    private final String said;

    /** Its text before anybody changed it. */
    private final String proposed;

    /** Whether it is the person's own. */
    private final boolean added;

    Line(String own) {
      this(new ProposedLine("", null, false), true);
      field.setText(own);
    }

    Line(ProposedLine line) {
      this(line, false);
    }

    private Line(ProposedLine proposed, boolean added) {
      super(8);
      this.added = added;
      setAlignment(Pos.CENTER_LEFT);
      getStyleClass().add("first-line");
      number.setMinWidth(26);
      number.setPrefWidth(26);
      number.setAlignment(Pos.CENTER_RIGHT);
      why = proposed.reason();
      boolean remark = proposed.text().isBlank() && why != null;
      this.proposed = remark ? proposed.whole() : proposed.text();
      field = new Field(this, this.proposed);
      field.getStyleClass().addAll("mono", "first-field");
      if (field.getText().strip().startsWith("#")) {
        field.getStyleClass().add("first-remark");
      }
      said =
          why == null || remark
              ? ""
              : proposed.guess() ? texts.text("first.guess", texts.part(why)) : texts.part(why);
      reason = Widgets.label(said, proposed.guess() ? "first-guess" : "muted");
      reason.minWidthProperty().bind(reasons);
      reason.maxWidthProperty().bind(reasons);
      if (proposed.guess()) {
        getStyleClass().add("first-guessed");
      }
      HBox.setHgrow(field, Priority.ALWAYS);
      field.textProperty().addListener((_, _, _) -> changed());
      field
          .focusedProperty()
          .addListener(
              (_, _, now) -> {
                if (now) {
                  enter(this);
                }
              });
      getChildren().addAll(number, field, reason);
    }

    private boolean edited() {
      return !field.getText().equals(proposed);
    }

    private void changed() {
      reason.setText(edited() ? texts.text("first.you") : said);
      changed.run();
    }

    void number(int at) {
      number.setText(String.valueOf(at));
      field.setAccessibleText(texts.text("first.line", at, reason.getText()));
    }

    /** The reason is a comment in the file, as long as it is of this line. */
    String whole() {
      String text = field.getText();
      return edited() || why == null || text.isBlank() || text.startsWith("#")
          ? text
          : new ProposedLine(text, why, false).whole();
    }
  }

  /** A line of a text: Enter begins another, and what is pasted may be several. */
  private final class Field extends TextField {
    private final Line line;

    Field(Line line, String text) {
      super(text);
      this.line = line;
      addEventFilter(KeyEvent.KEY_PRESSED, this::pressed);
    }

    private void pressed(KeyEvent e) {
      int at = lines.indexOf(line);
      boolean empty = getText().isEmpty() && lines.size() > 1;
      if (e.getCode() == KeyCode.UP) {
        go(at - 1);
      } else if (e.getCode() == KeyCode.DOWN) {
        go(at + 1);
      } else if (e.getCode() == KeyCode.ENTER && !e.isShortcutDown()) {
        add(at + 1, List.of(indent(getText())));
      } else if (empty && (e.getCode() == KeyCode.BACK_SPACE || e.getCode() == KeyCode.DELETE)) {
        remove(line);
      } else {
        return;
      }
      e.consume();
    }

    private static String indent(String text) {
      return " ".repeat(text.length() - text.stripLeading().length());
    }

    @Override
    public void paste() {
      String pasted = Clipboard.getSystemClipboard().getString();
      if (pasted == null || !pasted.contains("\n")) {
        super.paste();
        return;
      }
      var several = pasted.lines().toList();
      replaceSelection(several.getFirst());
      add(lines.indexOf(line) + 1, several.subList(1, several.size()));
    }
  }
}
