package dev.hivedeck.ui.shell;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What asks the person something in a window of its own; another one stands in for it in tests. */
public interface Dialogs {
  /**
   * Asks once, with the numbers, before something that cannot be undone.
   *
   * @param verb what the button says, for example "Cancel 3 tasks"
   */
  boolean confirm(String title, String consequence, String verb);

  Optional<Path> chooseFolder(String title);

  /**
   * @param patterns for example {@code *.yaml}
   */
  List<Path> chooseFiles(String title, List<String> patterns);

  /**
   * Asks where a file is to be written; one that is there already is replaced.
   *
   * @param name proposed, with its ending
   */
  Optional<Path> chooseTarget(String title, String name);
}
