package dev.hivedeck.app.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file of the repository that is made from the code. */
final class Page {
  /** The root of the repository. */
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private Page() {}

  /** Fails when it is out of date; writes it only when that is asked for. */
  static void isUpToDate(String file, String text) throws IOException {
    Path path = ROOT.resolve(file);
    if (Boolean.getBoolean("hivedeck.docs.write")) {
      Files.createDirectories(path.getParent());
      Files.writeString(path, text);
    }
    assertThat(Files.exists(path) ? Files.readString(path).replace("\r\n", "\n") : "")
        .as("%s is out of date with the code. Bring it up with: ./dev docs", file)
        .isEqualTo(text);
  }
}
