package dev.hivedeck.ui.control.diff.code;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javafx.geometry.Orientation;
import javafx.scene.Node;
import javafx.scene.canvas.Canvas;
import javafx.scene.layout.Region;
import javafx.scene.paint.Paint;
import javafx.scene.text.Text;
import javafx.scene.text.TextFlow;

/**
 * A line of code. It is drawn: a node for each of its words would be styled and laid out anew with
 * each step of scrolling. Scripts whose letters are not as wide as each other are laid out, and so
 * are lines that are longer than a picture can be.
 */
public final class CodeLine extends Region {
  /** Longer lines are no picture. */
  private static final int MOST = 400;

  /** Pictures grow by so many pixels, so that they need not be made anew for each line. */
  private static final int STEP = 256;

  private static final int EVER = Integer.MAX_VALUE;
  private static final double ROUND = 4;

  private record Piece(String text, Paint fill, boolean differs) {}

  private final List<Piece> pieces = new ArrayList<>();
  private CodeColours colours;
  private Paint behind;
  private String text = "";
  private boolean drawn = true;
  private Canvas canvas;
  private TextFlow flow;
  private int columns;

  public CodeLine() {
    getStyleClass().add("code");
  }

  /** Begins anew. */
  void begin() {
    pieces.clear();
  }

  /**
   * Writes on.
   *
   * @param differs whether it is other than it was
   */
  void write(String piece, Paint fill, boolean differs) {
    pieces.add(new Piece(piece, fill, differs));
  }

  /**
   * It is written.
   *
   * @param known what letters look like
   * @param added whether the line was added; else it was removed, or is as it was
   * @param even whether its letters are as wide as each other
   */
  void end(CodeColours known, boolean added, boolean even) {
    colours = known;
    behind = known.word(added);
    text = pieces.stream().map(Piece::text).collect(Collectors.joining());
    drawn = even && text.length() <= MOST;
    columns = 0;
    if (drawn) {
      if (canvas == null) {
        canvas = new Canvas();
        getChildren().setAll(canvas);
      }
    } else {
      if (flow == null) {
        flow = new TextFlow();
        getChildren().add(flow);
      }
      flow.getChildren().setAll(pieces.stream().map(this::laidOut).toList());
    }
    show(canvas, drawn);
    show(flow, !drawn);
    requestLayout();
  }

  private static void show(Node node, boolean shown) {
    if (node != null && node.isVisible() != shown) {
      node.setVisible(shown);
    }
  }

  private Text laidOut(Piece piece) {
    var made = new Text(piece.text());
    made.getStyleClass().add("code");
    made.setFill(piece.fill());
    made.setUnderline(piece.differs());
    return made;
  }

  /** What it says. */
  public String text() {
    return text;
  }

  @Override
  public Orientation getContentBias() {
    return Orientation.HORIZONTAL;
  }

  @Override
  protected double computePrefWidth(double height) {
    return drawn ? Math.ceil(text.length() * letter()) : flow.prefWidth(-1);
  }

  @Override
  protected double computePrefHeight(double width) {
    return drawn ? Math.ceil(rows(text, columns(width)).size() * high()) : flow.prefHeight(width);
  }

  private double letter() {
    return colours == null ? 0 : colours.letter();
  }

  private double high() {
    return colours == null ? 0 : colours.high();
  }

  /** How many letters fit. */
  private int columns(double width) {
    return width < 0 || colours == null
        ? EVER
        : (int) Math.max(1, (width + 0.5) / colours.letter());
  }

  /** Where each row of so many letters begins: between words where that goes. */
  static List<Integer> rows(String text, int columns) {
    var rows = new ArrayList<Integer>();
    int from = 0;
    rows.add(from);
    while (text.length() - from > columns) {
      int space = text.lastIndexOf(' ', from + columns);
      boolean between = space >= from && !text.substring(from, space).isBlank();
      from = between ? space + 1 : from + columns;
      if (from < text.length()) {
        rows.add(from);
      }
    }
    return rows;
  }

  @Override
  protected void layoutChildren() {
    if (!drawn) {
      flow.resizeRelocate(0, 0, getWidth(), getHeight());
    } else if (colours != null && columns(getWidth()) != columns) {
      columns = columns(getWidth());
      draw();
    }
  }

  private void draw() {
    var rows = rows(text, columns);
    double width = Math.min(text.length(), columns) * letter();
    double height = Math.ceil(rows.size() * high());
    if (canvas.getWidth() < width) {
      canvas.setWidth(Math.ceil(width / STEP) * STEP);
    }
    if (canvas.getHeight() != height) {
      canvas.setHeight(height);
    }
    var to = canvas.getGraphicsContext2D();
    to.clearRect(0, 0, canvas.getWidth(), canvas.getHeight());
    to.setFont(colours.font());
    int at = 0;
    int row = 0;
    for (var piece : pieces) {
      int end = at + piece.text().length();
      int from = at;
      while (from < end) {
        while (row + 1 < rows.size() && rows.get(row + 1) <= from) {
          row++;
        }
        int until = row + 1 < rows.size() ? Math.min(end, rows.get(row + 1)) : end;
        double x = (from - rows.get(row)) * letter();
        double y = row * high();
        if (piece.differs()) {
          to.setFill(behind);
          to.fillRoundRect(x, y, (until - from) * letter(), high(), ROUND, ROUND);
        }
        var words = piece.text().substring(from - at, until - at);
        if (!words.isBlank()) {
          to.setFill(piece.fill());
          to.fillText(words, x, y + colours.baseline());
        }
        from = until;
      }
      at = end;
    }
  }
}
