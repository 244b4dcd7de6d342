package dev.hivedeck.ui.shell;

import java.nio.file.Path;
import java.util.List;

/** Going from one workspace to another. */
public interface WorkspaceSwitcher {
  /** Folders opened before, latest first. */
  List<String> recent();

  void open(Path folder);

  /** To the page that proposes a first {@code hive.yaml} for this workspace. */
  void setUp();

  /** Back to the welcome screen. */
  void leave();

  /** Whether {@link #start} is of use. */
  boolean canStart();

  /**
   * Starts an engine for this workspace in this program; may block.
   *
   * @param takeOver ends an engine that holds the workspace and does not answer
   * @throws dev.hivedeck.engine.protocol.HiveException {@code second-engine} when another one holds
   *     the workspace
   */
  void start(boolean takeOver);
}
