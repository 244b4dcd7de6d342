package dev.hivedeck.ui.shell;

import java.nio.file.Path;
import java.util.List;

/** Going from one workspace to another. */
public interface Workspaces {
  /** Folders opened before, latest first. */
  List<String> recent();

  void open(Path folder);

  /** Back to the welcome screen. */
  void leave();
}
