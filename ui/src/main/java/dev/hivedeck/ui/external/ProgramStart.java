package dev.hivedeck.ui.external;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A program as it is started: its words as they are, for no shell reads them.
 *
 * @param program its name
 * @param folder where it is started
 * @param here whether it takes the terminal of the person who asked, until it ends
 */
public record ProgramStart(String program, List<String> command, Path folder, boolean here) {
  public ProgramStart {
    command = List.copyOf(command);
  }

  /**
   * Starts it; one that takes the terminal is waited for.
   *
   * @return what it ended with; 0 where it is not waited for
   * @throws HiveException {@code no-editor} where it cannot be started
   */
  public int run() {
    try {
      var builder = new ProcessBuilder(command);
      if (Files.isDirectory(folder)) { // else the program itself says best what it misses
        builder.directory(folder.toFile());
      }
      if (here) {
        return builder.inheritIO().start().waitFor();
      }
      builder.redirectErrorStream(true).redirectOutput(Redirect.DISCARD);
      builder.start().getOutputStream().close();
      return 0;
    } catch (IOException e) {
      throw new HiveException(
          ErrorCode.NO_EDITOR,
          program + " could not be started: " + e.getMessage(),
          "Name another with --editor, or in Settings under hive.yaml, Editor.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 130;
    }
  }
}
