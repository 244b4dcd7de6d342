package dev.hivedeck.ui.shell;

import dev.hivedeck.engine.protocol.HiveException;
import java.nio.file.Path;
import java.util.List;
import javafx.util.Subscription;

/** The repositories that are open in the window, and going from one to another. */
public interface WorkspaceSwitcher {
  /**
   * A repository that is to be open and is not.
   *
   * @param fault why it could not be opened; null while it is being opened
   */
  record Unopened(Path folder, HiveException.Fault fault) {
    /** As people call it. */
    public String name() {
      return folder.getFileName() == null ? folder.toString() : folder.getFileName().toString();
    }
  }

  /** Folders opened before, latest first. */
  List<String> recent();

  /** Those that are open, in the order of their keys. */
  List<OpenWorkspace> all();

  /** Those that were to be open, and are not. */
  List<Unopened> unopened();

  /** Runs {@code watcher} after something in any of them changed, and when one comes or goes. */
  Subscription watch(Runnable watcher);

  /** Opens a repository beside the others, and shows it; one that is open is shown. */
  void open(Path folder);

  /** Shows that one, and answers the way about in it. */
  Navigator show(OpenWorkspace workspace);

  /** Closes one; where it is the last, the welcome screen is next. */
  void close(OpenWorkspace workspace);

  /** Leaves one that could not be opened. */
  void forget(Unopened workspace);

  /** To the page that proposes a first {@code hive.yaml} for this workspace. */
  void setUp();

  /** Closes this workspace. */
  void leave();

  /** Whether {@link #start} is of use. */
  boolean canStart();

  /**
   * Starts an engine for this workspace in this program; may block.
   *
   * @param takeOver ends an engine that holds the workspace and does not answer
   * @throws HiveException {@code second-engine} when another one holds the workspace
   */
  void start(boolean takeOver);
}
