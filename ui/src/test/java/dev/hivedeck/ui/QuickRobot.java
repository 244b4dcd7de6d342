package dev.hivedeck.ui;

import javafx.scene.input.KeyCode;
import javafx.scene.input.MouseButton;
import javafx.stage.Window;
import org.testfx.api.FxRobot;
import org.testfx.robot.Motion;
import org.testfx.service.query.PointQuery;

/**
 * Hands at mouse and keyboard. After each act it waits until the window has laid out what came of
 * it, and no longer: the robot that it is made of sleeps a fixed time after each, 50 ms for a
 * letter and three times that for a click.
 */
public final class QuickRobot extends FxRobot {

  /** Until all that is queued by now was done and a frame has been laid out after it. */
  private static QuickRobot settled(QuickRobot robot) {
    FxThread.pulse();
    return robot;
  }

  @Override
  public QuickRobot press(KeyCode... keys) {
    robotContext().getKeyboardRobot().pressNoWait(keys);
    return settled(this);
  }

  @Override
  public QuickRobot release(KeyCode... keys) {
    robotContext().getKeyboardRobot().releaseNoWait(keys);
    return settled(this);
  }

  @Override
  public QuickRobot type(KeyCode... keys) {
    for (var key : keys) {
      press(key).release(key);
    }
    return this;
  }

  @Override
  public QuickRobot push(KeyCode... keys) {
    press(keys);
    for (int i = keys.length - 1; i >= 0; i--) {
      release(keys[i]);
    }
    return this;
  }

  @Override
  public QuickRobot write(String text) {
    return write(text, 0);
  }

  @Override
  public QuickRobot write(String text, int pause) {
    for (char letter : text.toCharArray()) {
      var scene =
          FxThread.get(
              () ->
                  Window.getWindows().stream()
                      .filter(Window::isFocused)
                      .findFirst()
                      .orElseGet(() -> Window.getWindows().getFirst())
                      .getScene());
      var key =
          switch (letter) {
            case '\n' -> KeyCode.ENTER;
            case '\t' -> KeyCode.TAB;
            default -> KeyCode.UNDEFINED;
          };
      robotContext().getBaseRobot().typeKeyboard(scene, key, Character.toString(letter));
      FxThread.run(() -> {});
    }
    return settled(this);
  }

  @Override
  public QuickRobot moveTo(PointQuery point, Motion motion) {
    robotContext().getMouseRobot().moveNoWait(point.query());
    settled(this);
    // What is shown under the pointer may have moved what is aimed at.
    robotContext().getMouseRobot().moveNoWait(point.query());
    return settled(this);
  }

  @Override
  public QuickRobot press(MouseButton... buttons) {
    robotContext().getMouseRobot().pressNoWait(buttons);
    return settled(this);
  }

  @Override
  public QuickRobot release(MouseButton... buttons) {
    robotContext().getMouseRobot().releaseNoWait(buttons);
    return settled(this);
  }

  @Override
  public QuickRobot clickOn(MouseButton... buttons) {
    return press(buttons).release(buttons);
  }

  @Override
  public QuickRobot clickOn(PointQuery point, Motion motion, MouseButton... buttons) {
    return moveTo(point, motion).clickOn(buttons);
  }
}
