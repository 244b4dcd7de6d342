package dev.hivedeck.app.cli;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What a browser or a file manager hands over instead of a folder: {@code
 * hivedeck://open?folder=/path}, or the address of a folder, {@code file:///path}. Anybody may
 * write a link, so that a person is asked before one opens what was never opened here.
 */
public final class OpenLink {
  private static final String OWN = "hivedeck:";
  private static final String FILE = "file:";
  private static final String FOLDER = "folder=";

  private OpenLink() {}

  /** Takes links beside paths. */
  static final class Folder implements ITypeConverter<Path> {
    @Override
    public Path convert(String word) {
      try {
        return folder(word);
      } catch (HiveException e) {
        throw new TypeConversionException(e.getMessage() + " " + e.hint());
      }
    }
  }

  public static boolean is(String word) {
    return word.startsWith(OWN) || word.startsWith(FILE);
  }

  /** Whether it is one that web pages may have: a browser hands over no address of a file. */
  static boolean isOwn(String word) {
    return word.startsWith(OWN);
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
