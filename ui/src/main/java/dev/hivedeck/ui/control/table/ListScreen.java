package dev.hivedeck.ui.control.table;

import dev.hivedeck.ui.shell.Screen;
import javafx.scene.Node;
import javafx.scene.control.TextInputControl;

/** A screen of one table, which a field narrows. */
public interface ListScreen extends Screen {
  EntityTable<?> table();

  FilterField search();

  @Override
  default Node list() {
    return table();
  }

  @Override
  default TextInputControl filter() {
    return search();
  }

  @Override
  default String chosen() {
    return table().chosen().get();
  }
}
