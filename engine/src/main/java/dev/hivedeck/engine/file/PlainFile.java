package dev.hivedeck.engine.file;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** Files that anybody may have written: a link may lead to what has no end, so none is followed. */
public final class PlainFile {
  private PlainFile() {}

  /**
   * A plain file's text.
   *
   * @param most bytes
   * @return null where there is none, or more than so much
   */
  public static @Nullable String text(Path file, int most) {
    try {
      var attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!attributes.isRegularFile() || attributes.size() > most) {
        return null;
      }
      try (var in =
          Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
        return new String(in.readNBytes(most), StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      return null;
    }
  }
}
