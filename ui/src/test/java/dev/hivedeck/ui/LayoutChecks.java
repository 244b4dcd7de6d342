package dev.hivedeck.ui;

import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javafx.geometry.Bounds;
import javafx.scene.AccessibleAttribute;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.Button;
import javafx.scene.control.Labeled;
import javafx.scene.control.TextInputControl;
import javafx.scene.control.skin.VirtualFlow;
import javafx.scene.layout.Region;
import javafx.scene.text.Text;

/**
 * What is wrong with how a scene looks, found by comparing what nodes want with what they are
 * given: text that is cut without telling where the rest is, nodes that reach out of what holds
 * them, controls without a name.
 */
public final class LayoutChecks {
  private static final double SLACK = 1.6;

  private final Set<String> faults = new LinkedHashSet<>();

  private LayoutChecks() {}

  public static List<String> faults(Parent root) {
    var layoutChecks = new LayoutChecks();
    layoutChecks.walk(root, "", true);
    return new ArrayList<>(layoutChecks.faults);
  }

  private void walk(Node node, String path, boolean sides) {
    if (!node.isVisible() || node.getOpacity() == 0 || popup(node)) {
      return;
    }
    var here = path + "/" + name(node);
    if (node instanceof Labeled labeled) {
      cut(labeled, here);
    }
    unnamed(node, here);
    if (!(node instanceof Parent parent) || node instanceof TextInputControl) {
      return;
    }
    // What scrolls may be larger than what shows it, in the direction that it scrolls in.
    var scrolls = scrolls(node);
    var across = sides && !(scrolls && scrollsAcross(node));
    for (var child : parent.getChildrenUnmodifiable()) {
      if (child.isVisible() && child.isManaged() && !decoration(child)) {
        within(node, child, here, across, !scrolls);
      }
      walk(child, here, across);
    }
  }

  private void within(Node node, Node child, String path, boolean across, boolean down) {
    if (!(node instanceof Region) || !(child instanceof Region || child instanceof Text)) {
      return;
    }
    Bounds room = node.getLayoutBounds();
    Bounds wants = child.getBoundsInParent();
    if (child instanceof Region) {
      var b = child.getLayoutBounds();
      wants = child.localToParent(b);
    }
    if (across && (wants.getMinX() < -SLACK || wants.getMaxX() > room.getWidth() + SLACK)) {
      faults.add(
          "reaches out sideways: %s/%s %.0f..%.0f of %.0f%s"
                  .formatted(
                      path,
                      name(child),
                      wants.getMinX(),
                      wants.getMaxX(),
                      room.getWidth(),
                      said(child))
              + culprit(child));
    }
    if (down && (wants.getMinY() < -SLACK || wants.getMaxY() > room.getHeight() + SLACK)) {
      faults.add(
          "reaches out below: %s/%s %.0f..%.0f of %.0f%s"
              .formatted(
                  path,
                  name(child),
                  wants.getMinY(),
                  wants.getMaxY(),
                  room.getHeight(),
                  said(child)));
    }
  }

  /** The one further in that insists on its width. */
  private static String culprit(Node node) {
    if (node instanceof Parent parent && node instanceof Region region) {
      for (var child : parent.getChildrenUnmodifiable()) {
        if (child instanceof Region inner
            && inner.isManaged()
            && inner.isVisible()
            && inner.minWidth(-1) > 120
            && inner.minWidth(-1) > region.minWidth(-1) - 60) {
          return " for " + name(inner) + said(inner) + culprit(inner);
        }
      }
    }
    return "";
  }

  private void cut(Labeled labeled, String path) {
    var text = labeled.getText();
    if (text == null
        || text.isEmpty()
        || labeled.getContentDisplay() == javafx.scene.control.ContentDisplay.GRAPHIC_ONLY
        || Widgets.shown(labeled) == null
        || Widgets.shown(labeled).equals(text)) {
      return;
    }
    // Labels tell the whole on hover, and only then have a tooltip.
    var tells = labeled.getTooltip() != null || labeled.getProperties().containsKey(Widgets.TELLS);
    if (!tells) {
      faults.add("cut without a word: " + path + said(labeled));
    } else if (Widgets.shown(labeled).length() < Math.min(text.length(), 4)) {
      faults.add("cut to nothing: " + path + said(labeled));
    } else if (labeled instanceof Button && !labeled.getStyleClass().contains("link")) {
      faults.add("a button's words are cut: " + path + said(labeled));
    }
  }

  private void unnamed(Node node, String path) {
    if (node.isFocusTraversable()
        && !node.isDisabled()
        && blank(node.getAccessibleText())
        && blank(node.queryAccessibleAttribute(AccessibleAttribute.TEXT))) {
      faults.add("has no name: " + path);
    }
  }

  private static boolean blank(Object text) {
    return text == null || text.toString().isBlank();
  }

  private static boolean scrolls(Node node) {
    var type = node.getClass().getName();
    return node instanceof VirtualFlow<?>
        || type.contains("ClippedContainer")
        || type.contains("VirtualFlow")
        || node.getStyleClass().contains("viewport")
        || node.getParent() != null && node.getParent().getStyleClass().contains("viewport")
        || node.getStyleClass().contains("sheet")
        || node.getStyleClass().contains("clipped-container")
        || node.getStyleClass().contains("tab-header-area")
        || node.getStyleClass().contains("headers-region");
  }

  private static boolean scrollsAcross(Node node) {
    for (var n = node; n != null; n = n.getParent()) {
      if (n.getStyleClass().contains("tab-header-area")
          || n.getStyleClass().contains("diff")
          || n.getStyleClass().contains("headers-region")) {
        return true;
      }
    }
    return false;
  }

  /** What a combo box shows when it is open. */
  private static boolean popup(Node node) {
    return node.getStyleClass().contains("list-view")
        && node.getParent() != null
        && node.getParent().getStyleClass().contains("combo-box");
  }

  private static boolean decoration(Node node) {
    return node.getStyleClass().contains("scroll-bar")
        || node.getStyleClass().contains("tab-header-background")
        || node.getStyleClass().contains("filler")
        || node.getStyleClass().contains("corner")
        || node.getStyleClass().contains("column-resize-line")
        || node.getStyleClass().contains("column-overlay")
        || node.getStyleClass().contains("diff-comment")
        || node.getStyleClass().contains("thumb")
        || node.getStyleClass().contains("track");
  }

  private static String said(Node node) {
    return node instanceof Labeled l && l.getText() != null
        ? " “" + brief(l.getText()) + "”"
        : node instanceof Text t ? " “" + brief(t.getText()) + "”" : "";
  }

  private static String brief(String text) {
    return text.length() > 50 ? text.substring(0, 50) + "…" : text;
  }

  private static String name(Node node) {
    var type = node.getClass().getSimpleName();
    return (type.isEmpty() ? node.getClass().getSuperclass().getSimpleName() : type)
        + (node.getStyleClass().isEmpty()
            ? ""
            : "." + node.getStyleClass().get(node.getStyleClass().size() - 1));
  }
}
