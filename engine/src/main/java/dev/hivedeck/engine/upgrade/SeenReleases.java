package dev.hivedeck.engine.upgrade;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.file.OwnerFiles;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;

/** When what was told of each channel last had been signed: nobody is told older things again. */
record SeenReleases(Path folder) {
  private static final String FILE = "seen.json";

  private Path file() {
    return folder.resolve(FILE);
  }

  /**
   * Remembers a document.
   *
   * @throws HiveException {@code release-older} where a later one was seen
   */
  void note(ReleaseDocument document) {
    String channel = document.channel().word();
    var seen = read();
    var before = instant(seen.path(channel).asText());
    if (document.issued().isBefore(before)) {
      throw new HiveException(
          ErrorCode.RELEASE_OLDER,
          "The server tells of releases what was signed on %s; on %s there was more already. It is"
                  .formatted(document.issued(), before)
              + " not used.",
          "Try again later: somebody may hold back what is new.");
    }
    if (document.issued().equals(before)) {
      return;
    }
    seen.put(channel, document.issued().toString());
    try {
      OwnerFiles.folder(folder);
      OwnerFiles.write(file(), Json.write(seen));
    } catch (IOException e) {
      throw Disk.unwritable(
          folder,
          e,
          ErrorCode.HOME_UNWRITABLE,
          file() + " cannot be written: " + e.getMessage(),
          "Check its rights, or set HIVEDECK_HOME to a folder of yours.");
    }
  }

  private ObjectNode read() {
    try {
      return Files.isRegularFile(file())
              && Json.MAPPER.readTree(file().toFile()) instanceof ObjectNode object
          ? object
          : Json.object();
    } catch (IOException e) {
      return Json.object(); // A damaged one is begun anew.
    }
  }

  private static Instant instant(String text) {
    try {
      return text.isEmpty() ? Instant.MIN : Instant.parse(text);
    } catch (DateTimeException e) {
      return Instant.MIN;
    }
  }
}
