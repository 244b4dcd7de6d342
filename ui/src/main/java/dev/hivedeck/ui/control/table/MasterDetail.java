package dev.hivedeck.ui.control.table;

import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.widget.Widgets;
import javafx.application.Platform;
import javafx.scene.Node;
import javafx.scene.control.SplitPane;
import javafx.scene.input.MouseEvent;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/**
 * A list and what inspects it, beside each other. Where a person dragged the divider to is
 * remembered; where a small window pushes it is not, and is undone when there is room again.
 */
public final class MasterDetail {
  private MasterDetail() {}

  /**
   * @param key where the divider's place is remembered
   * @param share of the list, before the person moved the divider
   * @param list what stands at the left; its first node takes the room that is left
   */
  public static SplitPane of(
      ScreenContext context, String key, double share, Region inspector, Node... list) {
    var left = Widgets.card(list);
    left.getStyleClass().add("tight");
    VBox.setVgrow(list[0], Priority.ALWAYS);
    var right = Widgets.card(inspector);
    VBox.setVgrow(inspector, Priority.ALWAYS);
    return split(context, key, share, left, right);
  }

  /** Two nodes as they are. */
  public static SplitPane split(
      ScreenContext context, String key, double share, Node left, Node right) {
    var split = new SplitPane(left, right);
    Runnable place = () -> split.setDividerPositions(context.settings().number(key, share));
    place.run();
    split
        .widthProperty()
        .subscribe(
            () -> {
              place.run();
              Platform.runLater(place); // The pane itself moves it once more while it is laid out.
            });
    split.addEventFilter(
        MouseEvent.MOUSE_RELEASED,
        e -> {
          if (divider(split, e.getTarget())) {
            context.settings().put(key, split.getDividerPositions()[0]);
          }
        });
    return split;
  }

  private static boolean divider(SplitPane split, Object target) {
    for (var n = target instanceof Node node ? node : null;
        n != null && n != split;
        n = n.getParent()) {
      if (n.getStyleClass().contains("split-pane-divider")) {
        return n.getParent() == split;
      }
    }
    return false;
  }
}
