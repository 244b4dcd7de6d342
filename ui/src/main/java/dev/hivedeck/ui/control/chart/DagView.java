package dev.hivedeck.ui.control.chart;

import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Theme;
import dev.hivedeck.ui.shell.theme.Tone;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import javafx.application.Platform;
import javafx.beans.InvalidationListener;
import javafx.beans.WeakInvalidationListener;
import javafx.geometry.VPos;
import javafx.scene.AccessibleRole;
import javafx.scene.canvas.Canvas;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseEvent;
import javafx.scene.layout.Region;
import javafx.scene.text.Font;
import javafx.scene.text.FontWeight;

/**
 * Tasks and what they need, from left to right. Draws only what is in view: at ten thousand tasks
 * as at thirty. Drag to move, scroll to zoom, arrows to walk along the edges, 0 to see all.
 */
public final class DagView extends Region {
  private static final double WIDTH = 168;
  private static final double HEIGHT = 44;
  private static final double GAP_X = 56;
  private static final double GAP_Y = 14;
  private static final double NEAREST = 1.6;

  /** Farther only where it takes that to see all. */
  private static final double FARTHEST = 0.01;

  /** Below this zoom a title is no longer readable, hence not drawn. */
  private static final double READABLE = 0.6;

  /** Below this not even an id is. */
  private static final double NAMED = 0.24;

  private final Canvas canvas = new Canvas();
  private final Texts texts;
  private final Theme theme;
  private final Consumer<String> choose;
  private final Runnable enter;
  private DagLayout dagLayout = DagLayout.of(List.of());
  private List<DagLayout.Node> shape = List.of();
  private Map<String, TaskViews.Task> tasks = Map.of();
  private Set<String> faint = Set.of();
  private String chosen;
  private double zoom = 1;
  private double offsetX;
  private double offsetY;
  private double grabX;
  private double grabY;
  private boolean moved;
  private boolean fitted = true;
  private boolean whole;
  private int version;

  // Held here so that the theme, which outlives the view, does not hold it.
  private final InvalidationListener redraw = _ -> draw();

  /**
   * @param choose a task was clicked or walked to
   * @param enter Enter was pressed on it
   */
  public DagView(ScreenContext context, Consumer<String> choose, Runnable enter) {
    this.texts = context.texts();
    this.theme = context.theme();
    this.choose = choose;
    this.enter = enter;
    getChildren().add(canvas);
    getStyleClass().add("dag");
    setFocusTraversable(true);
    setAccessibleRole(AccessibleRole.IMAGE_VIEW);
    setMinSize(0, 0);
    theme.look().addListener(new WeakInvalidationListener(redraw));
    focusedProperty().addListener(redraw);
    addEventHandler(MouseEvent.MOUSE_PRESSED, this::pressed);
    addEventHandler(MouseEvent.MOUSE_DRAGGED, this::dragged);
    addEventHandler(MouseEvent.MOUSE_RELEASED, this::released);
    setOnScroll(
        e -> {
          zoom(e.getDeltaY() > 0 ? 1.15 : 1 / 1.15, e.getX(), e.getY());
          e.consume();
        });
    addEventHandler(KeyEvent.KEY_PRESSED, this::key);
  }

  /** Shows these tasks; those of {@code faint} are only hinted at. */
  public void show(List<TaskViews.Task> all, Set<String> faint) {
    this.faint = faint;
    var byId = new HashMap<String, TaskViews.Task>(all.size() * 2);
    all.forEach(t -> byId.put(t.id(), t));
    tasks = byId;
    var wanted = all.stream().map(t -> new DagLayout.Node(t.id(), t.needs())).toList();
    if (wanted.equals(shape)) {
      draw();
      return;
    }
    shape = wanted;
    int mine = ++version;
    Thread.ofVirtual()
        .name("dag-layout")
        .start(
            () -> {
              var made = DagLayout.of(wanted);
              Platform.runLater(
                  () -> {
                    if (mine == version) {
                      dagLayout = made;
                      setAccessibleText(
                          texts.text("dag.alt", wanted.size(), made.columns().size()));
                      if (fitted) {
                        begin();
                      }
                      draw();
                    }
                  });
            });
  }

  /** Marks a task and its edges, and brings it into view. */
  public void choose(String id) {
    if (java.util.Objects.equals(id, chosen)) {
      return;
    }
    chosen = id;
    var spot = dagLayout.spots().get(id);
    if (spot != null) {
      double x = x(spot) * zoom + offsetX;
      double y = y(spot) * zoom + offsetY;
      if (x < 0 || x + WIDTH * zoom > getWidth()) {
        offsetX += getWidth() / 2 - x - WIDTH * zoom / 2;
      }
      if (y < 0 || y + HEIGHT * zoom > getHeight()) {
        offsetY += getHeight() / 2 - y;
      }
    }
    draw();
  }

  /** Shows all of it at once, also when it grows, until it is moved or zoomed. */
  public void fit() {
    fitted = true;
    whole = true;
    centre();
    draw();
  }

  private double wide() {
    return dagLayout.columns().size() * (WIDTH + GAP_X) - GAP_X;
  }

  private double high() {
    return dagLayout.height() * (HEIGHT + GAP_Y) - GAP_Y;
  }

  /** The zoom at which all of it is in view. */
  private double fitting() {
    if (wide() <= 0 || getWidth() <= 32 || getHeight() <= 32) {
      return 1;
    }
    return Math.min(1, Math.min((getWidth() - 32) / wide(), (getHeight() - 32) / high()));
  }

  private void centre() {
    zoom = fitting();
    offsetX = (getWidth() - wide() * zoom) / 2;
    offsetY = (getHeight() - high() * zoom) / 2;
  }

  /** All of it where that can be read or was asked for, else what is around the chosen task. */
  private void begin() {
    centre();
    var spot = dagLayout.spots().get(chosen);
    if (zoom < READABLE && !whole) {
      zoom = READABLE;
      double x = spot == null ? 0 : x(spot) + WIDTH / 2;
      double y = spot == null ? dagLayout.height() * (HEIGHT + GAP_Y) / 2 : y(spot) + HEIGHT / 2;
      offsetX = Math.min(16, getWidth() / 2 - x * zoom);
      offsetY = getHeight() / 2 - y * zoom;
    }
  }

  /** Nearer or farther, around the middle. */
  public void zoom(double by) {
    zoom(by, getWidth() / 2, getHeight() / 2);
  }

  private void zoom(double by, double x, double y) {
    fitted = false;
    whole = false;
    double before = zoom;
    zoom = Math.clamp(zoom * by, Math.min(FARTHEST, fitting()), NEAREST);
    offsetX = x - (x - offsetX) * zoom / before;
    offsetY = y - (y - offsetY) * zoom / before;
    draw();
  }

  private static double x(DagLayout.Spot spot) {
    return spot.column() * (WIDTH + GAP_X);
  }

  private static double y(DagLayout.Spot spot) {
    return spot.row() * (HEIGHT + GAP_Y);
  }

  private void pressed(MouseEvent e) {
    requestFocus();
    grabX = e.getX();
    grabY = e.getY();
    moved = false;
  }

  private void dragged(MouseEvent e) {
    if (!moved && Math.hypot(e.getX() - grabX, e.getY() - grabY) < 4) {
      return;
    }
    moved = true;
    fitted = false;
    whole = false;
    offsetX += e.getX() - grabX;
    offsetY += e.getY() - grabY;
    grabX = e.getX();
    grabY = e.getY();
    draw();
  }

  private void released(MouseEvent e) {
    if (moved) {
      return;
    }
    double wantX = (e.getX() - offsetX) / zoom;
    double wantY = (e.getY() - offsetY) / zoom;
    int column = (int) Math.floor(wantX / (WIDTH + GAP_X));
    if (column < 0 || column >= dagLayout.columns().size()) {
      return;
    }
    for (String id : dagLayout.columns().get(column)) {
      var spot = dagLayout.spots().get(id);
      if (wantX >= x(spot)
          && wantX <= x(spot) + WIDTH
          && wantY >= y(spot)
          && wantY <= y(spot) + HEIGHT) {
        choose.accept(id);
        return;
      }
    }
  }

  private void key(KeyEvent e) {
    if (e.isShortcutDown() || e.isAltDown()) {
      return;
    }
    if (Hotkey.NEARER.pressed(e)) {
      zoom(1.25);
    } else if (Hotkey.FARTHER.pressed(e)) {
      zoom(0.8);
    } else if (Hotkey.WHOLE.pressed(e)) {
      fit();
    } else if (Hotkey.OPEN.pressed(e)) {
      enter.run();
    } else if (e.getCode().isArrowKey()) {
      walk(e.getCode());
      e.consume();
    }
  }

  private void walk(KeyCode code) {
    var spot = dagLayout.spots().get(chosen);
    if (spot == null) {
      dagLayout.columns().stream().flatMap(List::stream).findFirst().ifPresent(choose);
      return;
    }
    var column = dagLayout.columns().get(spot.column());
    int at = column.indexOf(chosen);
    switch (code) {
      case UP -> {
        if (at > 0) {
          choose.accept(column.get(at - 1));
        }
      }
      case DOWN -> {
        if (at < column.size() - 1) {
          choose.accept(column.get(at + 1));
        }
      }
      case LEFT ->
          tasks.get(chosen).needs().stream()
              .filter(dagLayout.spots()::containsKey)
              .findFirst()
              .ifPresent(choose);
      default ->
          shape.stream()
              .filter(n -> n.needs().contains(chosen))
              .map(DagLayout.Node::id)
              .findFirst()
              .ifPresent(choose);
    }
  }

  @Override
  protected void layoutChildren() {
    if (canvas.getWidth() != getWidth() || canvas.getHeight() != getHeight()) {
      canvas.setWidth(getWidth());
      canvas.setHeight(getHeight());
      if (fitted) {
        begin();
      }
      draw();
    }
  }

  // ── drawing ─────────────────────────────────────────────────────────────────────────────────

  private void draw() {
    var g = canvas.getGraphicsContext2D();
    var appearance = theme.look().get();
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.clearRect(0, 0, canvas.getWidth(), canvas.getHeight());
    g.setTransform(zoom, 0, 0, zoom, offsetX, offsetY);
    double left = -offsetX / zoom;
    double top = -offsetY / zoom;
    double right = left + getWidth() / zoom;
    double bottom = top + getHeight() / zoom;
    edges(g, appearance, left, top, right, bottom);
    int first = Math.max(0, (int) Math.floor(left / (WIDTH + GAP_X)));
    int last = Math.min(dagLayout.columns().size() - 1, (int) Math.floor(right / (WIDTH + GAP_X)));
    var near = near();
    for (int c = first; c <= last; c++) {
      for (String id : dagLayout.columns().get(c)) {
        var spot = dagLayout.spots().get(id);
        double y = y(spot);
        if (y + HEIGHT >= top && y <= bottom && tasks.get(id) != null) {
          node(g, appearance, tasks.get(id), x(spot), y, near.contains(id));
        }
      }
    }
  }

  /** What the chosen one needs, and what needs it. */
  private Set<String> near() {
    var near = new HashSet<String>();
    if (chosen != null && tasks.containsKey(chosen)) {
      near.addAll(tasks.get(chosen).needs());
      shape.stream().filter(n -> n.needs().contains(chosen)).forEach(n -> near.add(n.id()));
    }
    return near;
  }

  private void edges(
      GraphicsContext g,
      Theme.Appearance appearance,
      double left,
      double top,
      double right,
      double bottom) {
    var plain = appearance.color("border");
    var lit = appearance.color("accent");
    for (int pass = 0; pass < 2; pass++) {
      for (DagLayout.Node node : shape) {
        var to = dagLayout.spots().get(node.id());
        if (to == null || x(to) < left - 4 * WIDTH && x(to) < left) {
          continue;
        }
        for (String need : node.needs()) {
          var from = dagLayout.spots().get(need);
          boolean mine = node.id().equals(chosen) || need.equals(chosen);
          if (from == null || mine != (pass == 1)) {
            continue;
          }
          double x1 = x(from) + WIDTH;
          double y1 = y(from) + HEIGHT / 2;
          double x2 = x(to);
          double y2 = y(to) + HEIGHT / 2;
          if (x1 > right || x2 < left || Math.max(y1, y2) < top || Math.min(y1, y2) > bottom) {
            continue;
          }
          g.setStroke(mine ? lit : plain);
          g.setLineWidth((mine ? 2 : 1.2) / Math.max(zoom, 0.4));
          g.beginPath();
          g.moveTo(x1, y1);
          double bend = Math.max(24, (x2 - x1) / 2);
          g.bezierCurveTo(x1 + bend, y1, x2 - bend, y2, x2, y2);
          g.stroke();
        }
      }
    }
  }

  private void node(
      GraphicsContext g,
      Theme.Appearance appearance,
      TaskViews.Task task,
      double x,
      double y,
      boolean near) {
    var tone = task.merged() ? Tone.GREEN : Tone.of(task.state());
    g.setGlobalAlpha(faint.contains(task.id()) ? 0.28 : 1);
    boolean mine = task.id().equals(chosen);
    g.setFill(appearance.color(mine ? "selected" : "raised"));
    g.fillRoundRect(x, y, WIDTH, HEIGHT, 10, 10);
    g.setStroke(appearance.color(mine ? "accent" : near ? "muted" : "border"));
    g.setLineWidth((mine ? 2 : 1) / Math.max(zoom, 0.4));
    g.strokeRoundRect(x, y, WIDTH, HEIGHT, 10, 10);
    g.setFill(appearance.color(tone));
    g.fillRoundRect(x, y, zoom < NAMED ? WIDTH : zoom < READABLE ? 12 : 5, HEIGHT, 10, 10);
    if (zoom >= READABLE) {
      g.setTextBaseline(VPos.CENTER);
      g.setFont(Font.font("JetBrains Mono", 11));
      g.setFill(appearance.color("soft"));
      g.fillText(task.id(), x + 14, y + 14, 70);
      g.setFill(appearance.color(tone));
      g.setFont(Font.font("Inter", 11));
      var state =
          task.merged()
              ? texts.text("change.state.merged")
              : texts.word("task.state", task.state());
      g.fillText(state, x + 84, y + 14, WIDTH - 92);
      g.setFill(appearance.color("text"));
      g.setFont(Font.font("Inter", FontWeight.BOLD, 12));
      g.fillText(cut(task.title()), x + 14, y + 31, WIDTH - 22);
    } else if (zoom >= NAMED) {
      g.setTextBaseline(VPos.CENTER);
      g.setFont(Font.font("JetBrains Mono", 24));
      g.setFill(appearance.color("text"));
      g.fillText(task.id(), x + 18, y + HEIGHT / 2, WIDTH - 26);
    }
    g.setGlobalAlpha(1);
  }

  private static String cut(String whole) {
    String title = DisplayText.line(whole);
    return title.length() <= 24 ? title : title.substring(0, 23).strip() + "…";
  }
}
