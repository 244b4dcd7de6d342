package dev.hivedeck.ui.shell.widget;

import java.util.ArrayList;
import java.util.List;
import javafx.geometry.Orientation;
import javafx.scene.Node;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Pane;
import javafx.scene.layout.Priority;

/**
 * Nodes beside each other as in an {@link HBox}; those that have no room go on in a further line
 * instead of reaching out of it. What grows takes the room that is left in its line.
 */
final class FlowRow extends Pane {
  private static final double BETWEEN = 6;

  /** What grows is shown only where there is this much room for it, or as much as it needs. */
  private static final double GROWING = 110;

  private final double gap;
  private final double least;

  private record Row(List<Node> nodes, double width) {}

  /**
   * @param least how high it is at least
   */
  FlowRow(double gap, double least, Node... nodes) {
    this.gap = gap;
    this.least = least;
    getChildren().setAll(nodes);
  }

  @Override
  public Orientation getContentBias() {
    return Orientation.HORIZONTAL;
  }

  @Override
  protected double computeMinWidth(double height) {
    return 0;
  }

  @Override
  protected double computePrefWidth(double height) {
    double all = -gap;
    for (var node : getManagedChildren()) {
      all += wide(node) + gap;
    }
    return snappedLeftInset() + Math.max(0, all) + snappedRightInset();
  }

  @Override
  protected double computeMinHeight(double width) {
    return computePrefHeight(width);
  }

  @Override
  protected double computePrefHeight(double width) {
    double room = room(width < 0 ? Double.MAX_VALUE : width);
    double all = -BETWEEN;
    for (var row : rows(room)) {
      all += place(row, room, 0, false) + BETWEEN;
    }
    return snappedTopInset() + Math.max(least, all) + snappedBottomInset();
  }

  @Override
  protected void layoutChildren() {
    double room = room(getWidth());
    var rows = rows(room);
    double y = snappedTopInset();
    if (rows.size() == 1) {
      // In the middle of what the style gives it at least.
      double free = getHeight() - y - snappedBottomInset() - place(rows.getFirst(), room, 0, false);
      y += Math.max(0, Math.floor(free / 2));
    }
    for (var row : rows) {
      y += place(row, room, y, true) + BETWEEN;
    }
  }

  private double room(double width) {
    return width - snappedLeftInset() - snappedRightInset();
  }

  private List<Row> rows(double room) {
    var rows = new ArrayList<Row>();
    var nodes = new ArrayList<Node>();
    double used = 0;
    for (var node : getManagedChildren()) {
      double wanted = grows(node) ? Math.min(GROWING, wide(node)) : Math.min(room, wide(node));
      if (!nodes.isEmpty() && used + gap + wanted > room) {
        rows.add(new Row(List.copyOf(nodes), used));
        nodes.clear();
      }
      used = nodes.isEmpty() ? wanted : used + gap + wanted;
      nodes.add(node);
    }
    if (!nodes.isEmpty()) {
      rows.add(new Row(List.copyOf(nodes), used));
    }
    return rows;
  }

  /** How high the row is, which is put there if wanted. */
  private double place(Row row, double room, double y, boolean put) {
    long growing = row.nodes().stream().filter(FlowRow::grows).count();
    double more = growing == 0 ? 0 : Math.max(0, room - row.width()) / growing;
    var widths = new ArrayList<Double>();
    double height = 0;
    for (var node : row.nodes()) {
      double wanted = Math.min(grows(node) ? GROWING : room, wide(node));
      double width = snapSpaceX(grows(node) ? wanted + more : wanted);
      widths.add(width);
      height = Math.max(height, high(node, width));
    }
    if (put) {
      double x = snappedLeftInset();
      for (int i = 0; i < row.nodes().size(); i++) {
        var node = row.nodes().get(i);
        double own = high(node, widths.get(i));
        node.resizeRelocate(x, y + Math.floor((height - own) / 2), widths.get(i), own);
        x += widths.get(i) + gap;
      }
    }
    return height;
  }

  private double wide(Node node) {
    return snapSizeX(Math.max(node.minWidth(-1), node.prefWidth(-1)));
  }

  private double high(Node node, double width) {
    return snapSizeY(node.prefHeight(width));
  }

  private static boolean grows(Node node) {
    return HBox.getHgrow(node) == Priority.ALWAYS;
  }
}
