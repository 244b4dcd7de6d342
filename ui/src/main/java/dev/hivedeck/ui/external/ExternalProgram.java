package dev.hivedeck.ui.external;

import java.util.List;

/**
 * A program that opens folders.
 *
 * @param name as people call it
 * @param command the words that start it, the first its full path
 * @param window whether it opens a window of its own; else it runs in a terminal
 * @param folders whether it shows a folder; else only files
 * @param edits whether it may be given a file; what only shows folders would start it
 */
public record ExternalProgram(
    String name, List<String> command, boolean window, boolean folders, boolean edits) {
  public ExternalProgram {
    command = List.copyOf(command);
  }
}
