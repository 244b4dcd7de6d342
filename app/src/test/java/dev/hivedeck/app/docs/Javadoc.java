package dev.hivedeck.app.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a type's documentation comment says, read from its source.
 *
 * @param text without its tags; empty when there is none
 * @param parts what is said of each part, by name
 */
record Javadoc(String text, Map<String, String> parts) {
  private static final Path SOURCES = Page.ROOT.resolve("engine/src/main/java");
  private static final Javadoc NONE = new Javadoc("", Map.of());

  static Javadoc of(Class<?> type) {
    Class<?> outer = type;
    while (outer.getDeclaringClass() != null) {
      outer = outer.getDeclaringClass();
    }
    String source;
    try {
      source = Files.readString(SOURCES.resolve(outer.getName().replace('.', '/') + ".java"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Matcher declared =
        Pattern.compile("(?:record|enum|interface|class) " + type.getSimpleName() + "\\b")
            .matcher(source);
    return declared.find()
        ? before(source, declared.start()).map(Javadoc::parse).orElse(NONE)
        : NONE;
  }

  /** The comment that ends just before the declaration. */
  private static Optional<String> before(String source, int declaration) {
    int end = source.lastIndexOf("*/", declaration);
    if (end < 0 || source.substring(end, declaration).matches("(?s).*[;{}].*")) {
      return Optional.empty();
    }
    return Optional.of(source.substring(source.lastIndexOf("/**", end) + 3, end));
  }

  private static Javadoc parse(String comment) {
    String plain = comment.replaceAll("(?m)^\\s*\\* ?", "");
    var parts = new LinkedHashMap<String, String>();
    String[] tags = plain.split("(?m)^\\s*@");
    for (int i = 1; i < tags.length; i++) {
      if (tags[i].startsWith("param ")) {
        String[] words = tags[i].strip().split("\\s+", 3);
        parts.put(words[1], words.length > 2 ? words(words[2]) : "");
      }
    }
    return new Javadoc(words(tags[0]), parts);
  }

  private static String words(String text) {
    return text.replaceAll("\\{@code\\s+((?:[^{}]|\\{[^{}]*})*?)\\s*}", "`$1`")
        .replaceAll("\\{@link\\s+[^}]*?([A-Za-z]+)(\\([^}]*\\))?\\s*}", "`$1`")
        .replaceAll("\\s+", " ")
        .strip();
  }
}
