package dev.hivedeck.ui.shell.frame;

import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.text.Hotkey;
import java.util.List;
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
 * Listens to the keys that work everywhere, see {@link Hotkey}. Nothing is taken from a field that
 * is being written in but what leaves it.
 */
final class KeyBindings {
  private final Map<Character, ScreenId> letters;
  private final WindowFrame frame;
  private boolean awaiting;

  KeyBindings(WindowFrame frame, List<ScreenId> places) {
    this.frame = frame;
    this.letters = places.stream().collect(Collectors.toMap(ScreenId::letter, p -> p));
  }

  /** Listens on the frame's whole content; a popup keeps its own keys. */
  void listen() {
    frame.addEventFilter(KeyEvent.KEY_PRESSED, this::pressed);
    frame.addEventFilter(KeyEvent.KEY_TYPED, this::typed);
    frame.addEventHandler(KeyEvent.KEY_PRESSED, this::left);
  }

  private void pressed(KeyEvent e) {
    if (Hotkey.PALETTE.pressed(e)) {
      frame.palette();
    } else if (Hotkey.LARGER.pressed(e)) {
      frame.larger();
    } else if (Hotkey.SMALLER.pressed(e)) {
      frame.smaller();
    } else if (Hotkey.NORMAL_SIZE.pressed(e)) {
      frame.normalSize();
    } else if (Hotkey.WORKSPACE.pressed(e)) {
      frame.workspace(Hotkey.WORKSPACE.digit(e));
    } else {
      awaiting &= !Hotkey.BACK.pressed(e);
      return;
    }
    e.consume();
  }

  /** A field that has no use of its own for the key is left by it. */
  private void left(KeyEvent e) {
    if (Hotkey.BACK.pressed(e)
        && !frame.covered()
        && frame.getScene().getFocusOwner() instanceof TextInputControl) {
      frame.focusList();
      e.consume();
    }
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
      var screen = letters.get(letter);
      if (screen != null) {
        frame.to(screen);
        e.consume();
      }
      return;
    }
    if (!key(letter)) {
      return;
    }
    e.consume();
  }

  private boolean key(char letter) {
    if (Hotkey.GO.typed(letter)) {
      awaiting = true;
    } else if (Hotkey.DOWN.typed(letter)) {
      move(KeyCode.DOWN);
    } else if (Hotkey.UP.typed(letter)) {
      move(KeyCode.UP);
    } else if (Hotkey.KEYS.typed(letter)) {
      frame.keys();
    } else if (Hotkey.INBOX.typed(letter)) {
      frame.inbox();
    } else if (Hotkey.FILTER.typed(letter)) {
      frame.filter();
    } else if (Hotkey.NEXT.typed(letter)) {
      frame.next(1);
    } else if (Hotkey.PREVIOUS.typed(letter)) {
      frame.next(-1);
    } else {
      return frame.typed(letter);
    }
    return true;
  }

  static boolean writing(Object target) {
    return target instanceof TextInputControl input && input.isEditable();
  }

  private void move(KeyCode code) {
    var owner = frame.getScene().getFocusOwner();
    if (!list(owner)) {
      owner = frame.focusList();
    }
    if (list(owner)) {
      KeyEvent.fireEvent(
          owner,
          new KeyEvent(KeyEvent.KEY_PRESSED, "", code.getName(), code, false, false, false, false));
    }
  }

  static boolean list(Node node) {
    return node instanceof TableView<?>
        || node instanceof ListView<?>
        || node instanceof TreeView<?>
        || node instanceof TreeTableView<?>;
  }
}
