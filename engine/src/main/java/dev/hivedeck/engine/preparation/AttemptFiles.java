package dev.hivedeck.engine.preparation;

import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.file.Folders;
import dev.hivedeck.engine.file.OwnerFiles;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an attempt is handed as files, and may answer with: its prompt, its inbox. Each has a folder
 * of its own, which lasts as long as the attempt.
 *
 * @param root holds one folder per attempt, and nothing else
 */
public record AttemptFiles(Path root) {
  private static final Logger LOG = LoggerFactory.getLogger(AttemptFiles.class);

  public Path folder(String attempt) {
    return root.resolve(name(attempt));
  }

  private static String name(String attempt) {
    return attempt.replaceAll("[^A-Za-z0-9._-]", "_");
  }

  /** Beside what it was handed, not in it: there it could put a link in its place. */
  private Path scratch(String attempt) {
    return root.resolve(name(attempt) + "~tmp");
  }

  /**
   * Opens an attempt's folder anew, with its prompt in it: what an agent left there before, links
   * for example, leads nobody anywhere.
   *
   * @return the file of the prompt
   * @throws HiveException {@code home-unwritable}
   */
  public Path open(String attempt, String prompt) {
    Path file = folder(attempt).resolve("prompt.md");
    try {
      Folders.delete(folder(attempt));
      Folders.delete(scratch(attempt));
      OwnerFiles.folder(folder(attempt));
      OwnerFiles.write(file, prompt);
      return file;
    } catch (IOException e) {
      throw Disk.unwritable(
          file,
          e,
          ErrorCode.HOME_UNWRITABLE,
          "The prompt of " + attempt + " cannot be written to " + file + ": " + e.getMessage(),
          "Check the space and the rights of that folder.");
    }
  }

  /**
   * A folder for what it needs for a while.
   *
   * @throws HiveException {@code home-unwritable}
   */
  public Path temporary(String attempt) {
    Path folder = scratch(attempt);
    try {
      OwnerFiles.folder(folder);
      return folder;
    } catch (IOException e) {
      throw Disk.unwritable(
          folder,
          e,
          ErrorCode.HOME_UNWRITABLE,
          folder + " cannot be made: " + e.getMessage(),
          "Check the space and the rights of that folder.");
    }
  }

  /** The attempt is over. */
  public void close(String attempt) {
    delete(folder(attempt));
    delete(scratch(attempt));
  }

  /** Removes what attempts of earlier engines left. */
  public void sweep() {
    delete(root);
  }

  private static void delete(Path folder) {
    try {
      Folders.delete(folder);
    } catch (IOException e) {
      LOG.warn("files in {} stay for now: {}", folder, e.toString());
    }
  }
}
