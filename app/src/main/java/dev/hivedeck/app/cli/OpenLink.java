package dev.hivedeck.app.cli;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * What a browser or a file manager hands over instead of a folder: {@code
 * hivedeck://open?folder=/path}, or the address of a folder, {@code file:///path}. A link shows a
 * repository, and does no more: anybody may write one.
 */
public final class OpenLink {
  private static final String OWN = "hivedeck:";
  private static final String FILE = "file:";
  private static final String FOLDER = "folder=";

  private OpenLink() {}

  public static boolean is(String word) {
    return word.startsWith(OWN) || word.startsWith(FILE);
  }

  /**
   * The folder that a link names; a word that is no link is a path.
   *
   * @throws HiveException {@code bad-usage} where it names none
   */
  static Path folder(String word) {
    if (!is(word)) {
      return Path.of(word);
    }
    try {
      var uri = new URI(word);
      if (word.startsWith(FILE)) {
        return Path.of(uri);
      }
      String query = uri.getRawQuery();
      if ("open".equals(uri.getHost()) && query != null && query.startsWith(FOLDER)) {
        var folder =
            Path.of(URLDecoder.decode(query.substring(FOLDER.length()), StandardCharsets.UTF_8));
        if (folder.isAbsolute()) {
          return folder;
        }
      }
    } catch (URISyntaxException | IllegalArgumentException e) {
      throw unknown(word); // of a path as well: InvalidPathException is one
    }
    throw unknown(word);
  }

  private static HiveException unknown(String word) {
    return new HiveException(
        ErrorCode.BAD_USAGE,
        "\"" + word + "\" is no link that Hivedeck can open.",
        "Links are hivedeck://open?folder=/path/of/a/repository.");
  }
}
