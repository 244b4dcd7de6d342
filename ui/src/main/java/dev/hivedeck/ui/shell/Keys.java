package dev.hivedeck.ui.shell;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import javafx.scene.Node;
import javafx.scene.control.ListView;
import javafx.scene.control.TableView;
import javafx.scene.control.TextInputControl;
import javafx.scene.control.TreeTableView;
import javafx.scene.control.TreeView;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;

/**
 * The keyboard map: {@code g} and a letter goes to a screen, {@code j} and {@code k} move in lists,
 * Ctrl or ⌘ with K opens the palette. Nothing is taken from a field that is being written in.
 */
final class Keys {
  private final Map<Character, Place> letters;
  private final Frame frame;
  private boolean awaiting;

  Keys(Frame frame, List<Place> places) {
    this.frame = frame;
    this.letters = places.stream().collect(Collectors.toMap(Place::letter, p -> p));
  }

  /** How this system names the shortcut with that letter. */
  static String shortcut(String letter) {
    return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("mac")
        ? "⌘ " + letter
        : "Ctrl " + letter;
  }

  /** Listens on the frame's whole content; a popup keeps its own keys. */
  void listen() {
    frame.addEventFilter(KeyEvent.KEY_PRESSED, this::pressed);
    frame.addEventFilter(KeyEvent.KEY_TYPED, this::typed);
  }

  private void pressed(KeyEvent e) {
    if (e.isShortcutDown()) {
      var done =
          switch (e.getCode()) {
            case K -> run(frame::palette);
            case PLUS, EQUALS, ADD -> run(frame::larger);
            case MINUS, SUBTRACT -> run(frame::smaller);
            case DIGIT0, NUMPAD0 -> run(frame::normalSize);
            default -> false;
          };
      if (done) {
        e.consume();
      }
    } else if (e.getCode() == KeyCode.ESCAPE) {
      awaiting = false;
    }
  }

  private static boolean run(Runnable action) {
    action.run();
    return true;
  }

  private void typed(KeyEvent e) {
    if (frame.covered() || e.isShortcutDown() || e.isAltDown() || writing(e.getTarget())) {
      awaiting = false;
      return;
    }
    var typed = e.getCharacter();
    if (typed.length() != 1) {
      return;
    }
    var letter = typed.charAt(0);
    if (awaiting) {
      awaiting = false;
      var place = letters.get(letter);
      if (place != null) {
        frame.to(place);
        e.consume();
      }
      return;
    }
    switch (letter) {
      case 'g' -> awaiting = true;
      case 'j' -> move(KeyCode.DOWN);
      case 'k' -> move(KeyCode.UP);
      case '?' -> frame.keys();
      case '/' -> frame.palette();
      default -> {
        if (!frame.typed(letter)) {
          return;
        }
      }
    }
    e.consume();
  }

  static boolean writing(Object target) {
    return target instanceof TextInputControl input && input.isEditable();
  }

  private void move(KeyCode code) {
    var scene = frame.getScene();
    var owner = scene.getFocusOwner();
    if (!list(owner)) {
      owner = frame.firstList();
      if (owner == null) {
        return;
      }
      owner.requestFocus();
    }
    KeyEvent.fireEvent(
        owner,
        new KeyEvent(KeyEvent.KEY_PRESSED, "", code.getName(), code, false, false, false, false));
  }

  static boolean list(Node node) {
    return node instanceof TableView<?>
        || node instanceof ListView<?>
        || node instanceof TreeView<?>
        || node instanceof TreeTableView<?>;
  }
}
