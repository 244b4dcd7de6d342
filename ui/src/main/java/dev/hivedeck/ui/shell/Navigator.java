package dev.hivedeck.ui.shell;

import dev.hivedeck.ui.shell.widget.Sheet;
import javafx.scene.Node;

/** Takes the person to a place, or to a sheet above it. */
public interface Navigator {
  /** What stands for finding agents at {@link ScreenId#AGENTS}; no agent can have this name. */
  String FIND_AGENTS = "find agents";

  /** What stands for the list of alerts at {@link ScreenId#SLOS}; no objective is called so. */
  String ALERTS = "\u0000alerts";

  /** What stands for the tasks of a requirement at {@link ScreenId#TASKS}, before its id. */
  String TASKS_OF = "tasks of ";

  void to(ScreenId screen);

  /** To a place, with the thing of that id selected there. */
  void to(ScreenId screen, String id);

  /** Starts the hive, or says why it cannot and leads to what is missing. */
  void work();

  /** Opens the sheet that writes a new task, wherever one is. */
  default void newTask() {
    newTask(null);
  }

  /**
   * As {@link #newTask()}.
   *
   * @param requirement what the task leads to; null for nothing
   */
  void newTask(String requirement);

  /** Opens the sheet that writes a first {@code hive.yaml}; where there is one, its settings. */
  void setUp();

  /**
   * Opens a sheet above the window; Esc or a click beside it closes it.
   *
   * @param first what the keyboard is at then
   */
  void sheet(Sheet sheet, Node first);

  /** Closes the sheet that is open, if one is. */
  void closeSheet();

  /**
   * Closes this sheet; another that is open meanwhile stays.
   *
   * @return whether it was open still
   */
  default boolean closeSheet(Sheet sheet) {
    boolean open = sheet.getScene() != null;
    if (open) {
      closeSheet();
    }
    return open;
  }

  /** Opens the sheet that shows what waits for consent, wherever one is. */
  void review();
}
