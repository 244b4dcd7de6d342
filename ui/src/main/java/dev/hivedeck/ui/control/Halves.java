package dev.hivedeck.ui.control;

import dev.hivedeck.ui.shell.Desk;
import dev.hivedeck.ui.shell.Parts;
import javafx.scene.Node;
import javafx.scene.control.SplitPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** A list and what inspects it, beside each other; where the divider stands is remembered. */
public final class Halves {
  private Halves() {}

  /**
   * @param key where the divider's place is remembered
   * @param share of the list, before the person moved the divider
   * @param list what stands at the left; its first node takes the room that is left
   */
  public static SplitPane of(Desk desk, String key, double share, Region inspector, Node... list) {
    var left = Parts.card(list);
    left.getStyleClass().add("tight");
    VBox.setVgrow(list[0], Priority.ALWAYS);
    var right = Parts.card(inspector);
    VBox.setVgrow(inspector, Priority.ALWAYS);
    return split(desk, key, share, left, right);
  }

  /** Two nodes as they are. */
  public static SplitPane split(Desk desk, String key, double share, Node left, Node right) {
    var split = new SplitPane(left, right);
    split.setDividerPositions(desk.settings().number(key, share));
    split
        .getDividers()
        .getFirst()
        .positionProperty()
        .subscribe(p -> desk.settings().put(key, p.doubleValue()));
    return split;
  }
}
