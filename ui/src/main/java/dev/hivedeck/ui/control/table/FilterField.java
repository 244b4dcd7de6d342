package dev.hivedeck.ui.control.table;

import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.theme.Icon;
import java.util.Locale;
import java.util.function.Supplier;
import javafx.scene.Node;
import javafx.scene.input.KeyEvent;
import org.controlsfx.control.textfield.CustomTextField;

/**
 * Letters that narrow a list. Enter and the arrow down go on into what is left of it; Esc shows all
 * again, and goes there too.
 */
public final class FilterField extends CustomTextField {
  private final Supplier<? extends Node> list;

  /**
   * @param changed runs with each letter
   * @param list what has the focus afterwards
   */
  public FilterField(String prompt, Runnable changed, Supplier<? extends Node> list) {
    this.list = list;
    getStyleClass().add("filter-field");
    setPromptText(prompt);
    setAccessibleText(prompt);
    setLeft(Icon.SEARCH.node());
    setPrefWidth(190);
    setMinWidth(90);
    textProperty().addListener((_, _, _) -> changed.run());
    addEventFilter(KeyEvent.KEY_PRESSED, this::pressed);
  }

  /** What is looked for, in lower case; empty for all. */
  public String sought() {
    return getText().strip().toLowerCase(Locale.ROOT);
  }

  /** Whether one of these words holds what is looked for. */
  public boolean finds(String... words) {
    return holds(sought(), words);
  }

  /** Whether one of these words holds the letters. */
  public static boolean holds(String letters, String... words) {
    if (letters.isEmpty()) {
      return true;
    }
    for (var word : words) {
      if (word != null && word.toLowerCase(Locale.ROOT).contains(letters)) {
        return true;
      }
    }
    return false;
  }

  private void pressed(KeyEvent e) {
    if (Hotkey.BACK.pressed(e)) {
      clear();
    } else if (!Hotkey.OPEN.pressed(e) && !Hotkey.DOWN.pressed(e)) {
      return;
    }
    list.get().requestFocus();
    e.consume();
  }
}
