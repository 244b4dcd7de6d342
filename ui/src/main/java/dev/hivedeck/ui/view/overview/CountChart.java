package dev.hivedeck.ui.view.overview;

import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.event.ChangeEvent;
import dev.hivedeck.engine.protocol.event.DecisionEvent;
import dev.hivedeck.engine.protocol.event.PlanEvent;
import dev.hivedeck.engine.protocol.event.WorkspaceEvent;
import dev.hivedeck.ui.control.chart.Drawing;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Theme;
import dev.hivedeck.ui.shell.theme.Tone;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.geometry.VPos;
import javafx.scene.AccessibleRole;
import javafx.scene.Cursor;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.input.MouseEvent;
import javafx.scene.text.Font;
import javafx.scene.text.TextAlignment;

/**
 * How many tasks were done, retried and given up, a column for each stretch of time; marks above
 * tell what happened besides. Dragging over columns chooses a time, a click gives it up.
 */
final class CountChart extends Drawing {
  /** A digit of the monospaced font is this wide in its own size. */
  private static final List<Duration> STEPS =
      Stream.of(
              5L, 10L, 15L, 30L, 60L, 120L, 180L, 360L, 720L, 1440L, 2880L, 10080L, 43200L, 525600L)
          .map(Duration::ofMinutes)
          .toList();

  /** Half of a time's width. */
  private static final double EDGE = 18;

  private static final double DIGIT = 0.61;

  private static final double BOTTOM = 22;
  private static final double TOP = 16;
  private static final double MARK = 4;

  /** What is worth a mark; the rest is in the columns, or in the list beside. */
  private static final Set<EventType> MARKED =
      Set.of(
          WorkspaceEvent.STARTED,
          WorkspaceEvent.PAUSED,
          beforeRenaming("workspace.working"),
          beforeRenaming("workspace.resting"),
          WorkspaceEvent.OPENED,
          DecisionEvent.OPENED,
          ChangeEvent.CONFLICTED,
          ChangeEvent.BLOCKED,
          WorkspaceEvent.BUDGET_SPENT,
          PlanEvent.IMPORTED);

  /** As started and paused were called before 0.1. */
  private static EventType beforeRenaming(String word) {
    return new EventType.Unknown(word, Topic.WORKSPACE);
  }

  /** A stretch of time. */
  record Stretch(Instant from, Instant to) {
    boolean holds(Instant at) {
      return !at.isBefore(from) && at.isBefore(to);
    }
  }

  private final Texts texts;
  private final DateTimeFormatter clock;
  private final DateTimeFormatter day;
  private final ReadOnlyObjectWrapper<Stretch> chosen = new ReadOnlyObjectWrapper<>();
  private OverviewMetrics.Counts counts;
  private List<Event> marks = List.of();
  private double left = 34;
  private double pointer = -1;
  private int pressed = -1;
  private boolean dragged;

  CountChart(ScreenContext context) {
    super(context.theme());
    this.texts = context.texts();
    this.clock = DateTimeFormatter.ofPattern("HH:mm", texts.locale()).withZone(texts.zone());
    this.day = DateTimeFormatter.ofPattern("d MMM HH:mm", texts.locale()).withZone(texts.zone());
    setMinHeight(120);
    setPrefHeight(150);
    setAccessibleRole(AccessibleRole.IMAGE_VIEW);
    setCursor(Cursor.CROSSHAIR);
    setOnMouseMoved(this::moved);
    setOnMousePressed(
        e -> {
          pressed = place(e.getX());
          dragged = false;
        });
    setOnMouseDragged(this::dragged);
    setOnMouseReleased(
        _ -> {
          if (!dragged) {
            choose(null);
          }
          pressed = -1;
        });
    setOnMouseExited(
        _ -> {
          pointer = -1;
          redraw();
        });
  }

  /** The time that was dragged over; null for all. */
  ReadOnlyObjectProperty<Stretch> chosen() {
    return chosen.getReadOnlyProperty();
  }

  void choose(Stretch stretch) {
    chosen.set(stretch);
    redraw();
  }

  /**
   * @param events what happened, newest first
   */
  void show(OverviewMetrics.Counts fresh, List<Event> events) {
    counts = fresh;
    var span = new Stretch(fresh.from(), fresh.to());
    var marked = new ArrayList<Event>();
    for (var event : events) {
      if (MARKED.contains(event.type()) && span.holds(event.at())) {
        marked.add(event);
      }
    }
    marks = marked;
    setAccessibleText(
        texts.text(
            "overview.counts.alt",
            sum(fresh.done(), 0, fresh.size()),
            sum(fresh.retried(), 0, fresh.size()),
            sum(fresh.dead(), 0, fresh.size()),
            texts.span(Duration.between(fresh.from(), fresh.to()))));
    redraw();
  }

  private static int sum(int[] values, int from, int to) {
    int sum = 0;
    for (int i = Math.max(0, from); i < Math.min(values.length, to); i++) {
      sum += values[i];
    }
    return sum;
  }

  private void moved(MouseEvent e) {
    pointer = e.getX();
    redraw();
  }

  private void dragged(MouseEvent e) {
    pointer = e.getX();
    int now = place(e.getX());
    if (counts != null && pressed >= 0 && now >= 0) {
      dragged = true;
      choose(
          new Stretch(
              counts.start(Math.min(pressed, now)), counts.start(Math.max(pressed, now) + 1)));
    }
  }

  /** The column at that place; -1 for none. */
  private int place(double x) {
    if (counts == null || x < left || getWidth() <= left) {
      return -1;
    }
    return Math.clamp(
        (long) ((x - left) / (getWidth() - left) * counts.size()), 0, counts.size() - 1);
  }

  @Override
  protected void draw(GraphicsContext g, double w, double h) {
    if (counts == null || w < 80 || h < 60) {
      return;
    }
    var appearance = look();
    double size = 11 * scale();
    g.setFont(Font.font("JetBrains Mono", size));
    g.setTextBaseline(VPos.CENTER);
    int top = ceiling(counts.top());
    double plot = h - BOTTOM - TOP;
    g.setLineWidth(1);
    int lines = top % 4 == 0 ? 4 : top % 3 == 0 ? 3 : 2;
    left = 14 + size * DIGIT * label(top).length();
    for (int i = 0; i <= lines; i++) {
      double y = Math.round(TOP + plot - plot * i / lines) + 0.5;
      g.setStroke(appearance.color("line"));
      g.strokeLine(left, y, w, y);
      g.setFill(appearance.color("muted"));
      g.setTextAlign(TextAlignment.RIGHT);
      g.fillText(label(top * i / lines), left - 8, y);
    }
    times(g, w, h);
    if (chosen.get() != null) {
      double from = Math.max(left, x(chosen.get().from(), w));
      g.setFill(appearance.color("selected"));
      g.fillRect(from, TOP, Math.max(0, x(chosen.get().to(), w) - from), plot);
    }
    if (counts.top() == 0) {
      g.setFill(appearance.color("muted"));
      g.setTextAlign(TextAlignment.CENTER);
      g.fillText(texts.text("overview.counts.none"), (w + left) / 2, TOP + plot / 2);
    }
    for (int i = 0; i < counts.size(); i++) {
      column(g, appearance, i, top, plot, w);
    }
    marks(g, appearance, w);
    if (pointer >= left) {
      cross(g, appearance, plot, w, size);
    }
  }

  private void column(
      GraphicsContext g, Theme.Appearance appearance, int i, int top, double plot, double w) {
    double x = x(i, w);
    double width = Math.max(1, x(i + 1, w) - x - 2);
    double y = TOP + plot;
    for (var part :
        List.of(
            new Part(counts.done()[i], Tone.GREEN),
            new Part(counts.retried()[i], Tone.AMBER),
            new Part(counts.dead()[i], Tone.RED))) {
      if (part.count() > 0) {
        double height = plot * part.count() / top;
        y -= height;
        g.setFill(appearance.color(part.tone()));
        g.fillRect(x + 1, y, width, Math.max(1, height - 1));
        if (part.tone() == Tone.AMBER && width > 4) {
          // Not by colour alone: what was retried is hollow.
          g.setFill(appearance.color("card"));
          g.fillRect(x + 2.5, y + 1.5, width - 3, Math.max(0, height - 4));
        }
      }
    }
  }

  private record Part(int count, Tone tone) {}

  private void marks(GraphicsContext g, Theme.Appearance appearance, double w) {
    for (var event : marks) {
      double x = x(event.at(), w);
      double y = TOP - 8;
      g.setFill(appearance.color(Tone.ofEvent(event.type())));
      g.fillPolygon(
          new double[] {x, x + MARK, x, x - MARK}, new double[] {y - MARK, y, y + MARK, y}, 4);
    }
  }

  private String label(int value) {
    return texts.count(value);
  }

  /** Round times only: 06:00, 08:00, not what happens to be at a fourth. */
  private void times(GraphicsContext g, double w, double h) {
    var span = Duration.between(counts.from(), counts.to());
    int most = Math.max(2, (int) (w / 130));
    var step = STEPS.stream().filter(s -> span.dividedBy(s) <= most).findFirst();
    if (step.isEmpty()) {
      return;
    }
    long seconds = step.get().toSeconds();
    long offset = texts.zone().getRules().getOffset(counts.to()).getTotalSeconds();
    long first = Math.ceilDiv(counts.from().getEpochSecond() + offset, seconds);
    g.setFill(look().color("muted"));
    g.setTextAlign(TextAlignment.CENTER);
    for (long i = first; ; i++) {
      var at = Instant.ofEpochSecond(i * seconds - offset);
      if (at.isAfter(counts.to())) {
        return;
      }
      g.fillText(time(at), Math.clamp(x(at, w), left + EDGE, w - EDGE), h - 8);
    }
  }

  private String time(Instant at) {
    var span = Duration.between(counts.from(), counts.to());
    return (span.toHours() > 20 ? day : clock).format(at);
  }

  private double x(int i, double w) {
    return left + (w - left - 1) * i / counts.size();
  }

  private double x(Instant at, double w) {
    var span = Duration.between(counts.from(), counts.to()).toMillis();
    return left + (w - left - 1) * Duration.between(counts.from(), at).toMillis() / span;
  }

  /** What the columns under the pointer hold, or those that were dragged over. */
  private void cross(
      GraphicsContext g, Theme.Appearance appearance, double plot, double w, double size) {
    int at = place(pointer);
    int from = at;
    int to = at + 1;
    var stretch = chosen.get();
    if (stretch != null && stretch.holds(counts.start(at))) {
      from = (int) Duration.between(counts.from(), stretch.from()).dividedBy(counts.bucket());
      to = (int) Duration.between(counts.from(), stretch.to()).dividedBy(counts.bucket());
    }
    var lines = new ArrayList<String>();
    lines.add(
        texts.text(
            "overview.counts.at",
            time(counts.start(from)),
            time(counts.start(to)),
            sum(counts.done(), from, to),
            sum(counts.retried(), from, to),
            sum(counts.dead(), from, to)));
    for (var event : marks) {
      if (Math.abs(x(event.at(), w) - pointer) <= MARK + 2 && lines.size() < 4) {
        lines.add("◆ " + time(event.at()) + " " + brief(texts.said(event.text())));
      }
    }
    g.setStroke(appearance.color("muted"));
    g.setLineWidth(1);
    double x = Math.round(pointer) + 0.5;
    g.strokeLine(x, TOP, x, TOP + plot);
    double width = lines.stream().mapToInt(String::length).max().orElse(0) * size * DIGIT + 16;
    double edge = Math.clamp(x + 8, left, Math.max(left, w - width));
    g.setFill(appearance.color("raised"));
    g.fillRoundRect(edge, TOP, width, size * (1.6 * lines.size() + 0.6), 8, 8);
    g.setFill(appearance.color("text"));
    g.setTextAlign(TextAlignment.LEFT);
    for (int i = 0; i < lines.size(); i++) {
      g.fillText(lines.get(i), edge + 8, TOP + size * (1.6 * i + 1.1));
    }
  }

  private static String brief(String text) {
    return text.length() > 60 ? text.substring(0, 59) + "…" : text;
  }

  /** The next number above that divides well. */
  static int ceiling(int value) {
    if (value <= 4) {
      return 4;
    }
    int unit = (int) Math.pow(10, Math.floor(Math.log10(value)));
    for (double step : new double[] {1, 2, 4, 6, 8}) {
      if (value <= unit * step) {
        return (int) (unit * step);
      }
    }
    return unit * 10;
  }
}
