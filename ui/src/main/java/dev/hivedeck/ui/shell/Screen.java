package dev.hivedeck.ui.shell;

import javafx.scene.Node;
import javafx.scene.control.TextInputControl;
import javafx.scene.layout.Region;

/** One place of the desktop. Made once per workspace, on the FX thread, when first visited. */
public interface Screen {
  Region node();

  /** Now on the window: start to observe what is costly to observe. */
  default void shown() {}

  /** No longer on the window: stop what {@link #shown} began. */
  default void hidden() {}

  /** Takes a letter that nobody else has a use for; answers whether it was of use. */
  default boolean typed(char letter) {
    return false;
  }

  /** Selects the thing with this id, as when it was chosen elsewhere. */
  default void open(String id) {}

  /** What the keyboard is at when one comes here; null for the first list there is. */
  default Node list() {
    return null;
  }

  /** Where one writes what the list is to be narrowed to; null where there is no such field. */
  default TextInputControl filter() {
    return null;
  }

  /** The id of the thing that is looked at; null for none. */
  default String chosen() {
    return null;
  }
}
