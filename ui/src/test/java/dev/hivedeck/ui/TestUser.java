package dev.hivedeck.ui;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import javafx.event.Event;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.ButtonBase;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.Labeled;
import javafx.scene.control.TextInputControl;
import javafx.scene.input.KeyCode;
import javafx.stage.Window;
import javafx.stage.WindowEvent;
import org.testfx.api.FxRobot;

/** Who sits before the window: sees what is shown, clicks what can be clicked, and types. */
public final class TestUser {
  private final FxRobot robot = new FxRobot();
  private final Desktop desktop;

  public TestUser(Desktop desktop) {
    this.desktop = desktop;
  }

  /** Every text on the window, from top to bottom as the scene has it. */
  public List<String> texts() {
    return FxThread.get(
        () ->
            nodes(n -> n instanceof Labeled l && l.getText() != null).stream()
                .map(n -> ((Labeled) n).getText())
                .toList());
  }

  public boolean sees(String words) {
    return texts().stream().anyMatch(t -> t.contains(words));
  }

  public void waitsFor(String words) {
    FxThread.until(
        words,
        () ->
            !nodes(
                    n ->
                        n instanceof Labeled l
                            && l.getText() != null
                            && l.getText().contains(words))
                .isEmpty());
  }

  public void waitsUntilGone(String words) {
    FxThread.until(
        "no " + words,
        () ->
            nodes(n -> n instanceof Labeled l && l.getText() != null && l.getText().contains(words))
                .isEmpty());
  }

  /** Clicks a button by its text or its name. */
  public void click(String words) {
    robot.clickOn(button(words));
  }

  /** A button by its text or its name, that can be pressed. */
  public ButtonBase button(String words) {
    Predicate<Node> wanted =
        n ->
            n instanceof ButtonBase b
                && !b.isDisabled()
                && (words.equals(b.getText()) || words.equals(b.getAccessibleText()));
    return (ButtonBase) one(wanted, words);
  }

  public TextInputControl field(String name) {
    return (TextInputControl)
        one(n -> n instanceof TextInputControl && name.equals(n.getAccessibleText()), name);
  }

  public Node one(Predicate<Node> wanted, String what) {
    FxThread.until(what, () -> !nodes(wanted).isEmpty());
    return FxThread.get(() -> nodes(wanted).getFirst());
  }

  /** Types words into what has the focus, letter by letter. */
  public void types(String words) {
    robot.write(words, 0);
  }

  public void presses(KeyCode... keys) {
    for (var key : keys) {
      robot.type(key);
    }
  }

  /** Presses keys together, the last of them last. */
  public void presses(KeyCode held, KeyCode key) {
    robot.press(held).type(key).release(held);
  }

  public FxRobot robot() {
    return robot;
  }

  /** What has the focus. */
  public Node focus() {
    return FxThread.get(() -> desktop.stage().getScene().getFocusOwner());
  }

  /** Closes the window by its frame, as the system asks it to. */
  public void closesTheWindow() {
    FxThread.run(
        () ->
            Event.fireEvent(
                desktop.stage(),
                new WindowEvent(desktop.stage(), WindowEvent.WINDOW_CLOSE_REQUEST)));
  }

  /** What is visible, on the FX thread. */
  public List<Node> nodes(Predicate<Node> wanted) {
    var found = new ArrayList<Node>();
    collect(desktop.stage().getScene().getRoot(), wanted, found);
    return found;
  }

  /** The context menu of a list, by the keyboard. */
  public ContextMenu menu(Node list) {
    FxThread.run(list::requestFocus);
    presses(KeyCode.SHIFT, KeyCode.F10);
    FxThread.until("a menu", () -> popup() != null);
    return FxThread.get(TestUser::popup);
  }

  private static ContextMenu popup() {
    return Window.getWindows().stream()
        .filter(w -> w instanceof ContextMenu && w.isShowing())
        .map(ContextMenu.class::cast)
        .findFirst()
        .orElse(null);
  }

  private static void collect(Node node, Predicate<Node> wanted, List<Node> found) {
    if (!node.isVisible()) {
      return;
    }
    if (wanted.test(node)) {
      found.add(node);
    }
    if (node instanceof Parent parent) {
      parent.getChildrenUnmodifiable().forEach(c -> collect(c, wanted, found));
    }
  }
}
