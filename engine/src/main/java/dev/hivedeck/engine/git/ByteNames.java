package dev.hivedeck.engine.git;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Names of files as git has them: bytes, in whatever encoding somebody chose. They are held as
 * strings of one character a byte, which lose nothing, and turned into paths by way of URIs, which
 * works for all bytes and under every locale.
 */
public final class ByteNames {
  private static final boolean BYTES =
      FileSystems.getDefault().supportedFileAttributeViews().contains("unix");

  private ByteNames() {}

  /** The fields of a listing that git ends with NUL. */
  public static List<String> split(byte[] listing) {
    var names = new ArrayList<String>();
    int from = 0;
    for (int i = 0; i < listing.length; i++) {
      if (listing[i] == 0) {
        names.add(new String(listing, from, i - from, StandardCharsets.ISO_8859_1));
        from = i + 1;
      }
    }
    return names;
  }

  /** A listing for git, of names that end with NUL. */
  public static byte[] join(Iterable<String> names) {
    return join("\0", names);
  }

  public static byte[] join(String end, Iterable<String> names) {
    var all = new StringBuilder();
    names.forEach(name -> all.append(name).append(end));
    return all.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Whether git takes a name as it is from a list of lines; one in quotes it reads otherwise. */
  public static boolean isLine(String name) {
    return name.indexOf('\n') < 0 && !name.startsWith("\"") && !name.endsWith("\r");
  }

  /** For people to read. */
  public static String words(String name) {
    return new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  public static String of(String words) {
    return new String(words.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /**
   * @throws InvalidPathException where the platform has no such name
   */
  public static Path resolve(Path folder, String name) {
    if (!BYTES) {
      return folder.resolve(words(name));
    }
    var uri = new StringBuilder(folder.toUri().getRawPath());
    if (uri.charAt(uri.length() - 1) != '/') {
      uri.append('/');
    }
    for (char c : name.toCharArray()) {
      uri.append(
          c == '/' || c < 128 && Character.isLetterOrDigit(c)
              ? String.valueOf(c)
              : "%%%02X".formatted((int) c));
    }
    try {
      return Path.of(URI.create("file://" + uri));
    } catch (IllegalArgumentException e) {
      throw new InvalidPathException(words(name), String.valueOf(e.getMessage()));
    }
  }

  /** The name of a file below a folder. */
  public static String relative(Path folder, Path file) {
    if (!BYTES) {
      return of(folder.relativize(file).toString().replace('\\', '/'));
    }
    String above = folder.toUri().getRawPath();
    String raw =
        file.toUri()
            .getRawPath()
            .substring(above.endsWith("/") ? above.length() : above.length() + 1);
    var name = new StringBuilder();
    for (int i = 0; i < raw.length(); i++) {
      if (raw.charAt(i) == '%') {
        name.append((char) Integer.parseInt(raw, i + 1, i + 3, 16));
        i += 2;
      } else {
        name.append(raw.charAt(i));
      }
    }
    return name.charAt(name.length() - 1) == '/'
        ? name.substring(0, name.length() - 1) // a folder
        : name.toString();
  }
}
