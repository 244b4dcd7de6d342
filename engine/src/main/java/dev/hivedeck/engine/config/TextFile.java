package dev.hivedeck.engine.config;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Text that others may have put there: read only from a plain file, up to a size, as UTF-8. A FIFO
 * or a device would never end, so neither is opened.
 */
public final class TextFile {
  private TextFile() {}

  /**
   * @param largest in bytes
   * @param code of the exception
   * @return null where there is no such file
   * @throws HiveException {@code code} when it is there but cannot be read as text
   */
  public static String read(Path file, long largest, ErrorCode code) {
    try {
      var is = Files.readAttributes(file, BasicFileAttributes.class);
      if (!is.isRegularFile()) {
        throw unreadable(
            code,
            file + (is.isDirectory() ? " is a folder." : " is a device, a pipe or a socket."),
            "Put a plain file there.");
      }
      byte[] bytes;
      try (var in = Files.newInputStream(file)) {
        bytes = in.readNBytes((int) Math.min(largest + 1, Integer.MAX_VALUE - 8));
      }
      if (bytes.length > largest) {
        throw unreadable(
            code, file + " is larger than " + (largest >> 20) + " MB.", "Make it smaller.");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (NoSuchFileException e) {
      if (Files.isSymbolicLink(file)) {
        throw unreadable(
            code, file + " is a link to a file that is not there.", "Mend or remove the link.");
      }
      return null;
    } catch (CharacterCodingException e) {
      throw unreadable(code, file + " is not UTF-8 text.", "Save it as UTF-8.");
    } catch (IOException e) {
      throw new HiveException(
          code, file + " cannot be read: " + e.getMessage(), "Check its name and rights.", e);
    }
  }

  /** A path as somebody wrote it; null when no file can have that name here. */
  static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static HiveException unreadable(ErrorCode code, String message, String hint) {
    return new HiveException(code, message, hint);
  }
}
