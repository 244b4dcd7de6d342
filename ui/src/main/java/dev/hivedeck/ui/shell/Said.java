package dev.hivedeck.ui.shell;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the engine says in English, in the person's language, as far as it is known: {@code
 * i18n/engine_<language>.txt} holds a sentence a line. What is not there stays as it was said.
 */
final class Said {
  /** Longer texts are not the engine's own words. */
  private static final int LONGEST = 600;

  private static final Pattern PLACE = Pattern.compile("\\{(\\d)}");

  private record Sentence(Pattern english, String other) {}

  private final List<Sentence> sentences = new ArrayList<>();

  Said(Locale locale) {
    var name = "/hivedeck/i18n/engine_" + locale.getLanguage() + ".txt";
    try (var in = Said.class.getResourceAsStream(name)) {
      if (in != null) {
        new String(in.readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .filter(l -> !l.startsWith("# ") && l.contains(" = "))
            .forEach(this::add);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void add(String line) {
    int middle = line.indexOf(" = ");
    var english = new StringBuilder();
    var places = PLACE.matcher(line.substring(0, middle));
    int end = 0;
    while (places.find()) {
      english.append(Pattern.quote(line.substring(end, places.start())));
      english.append("(?<p").append(places.group(1)).append(">.+?)");
      end = places.end();
    }
    english.append(Pattern.quote(line.substring(end, middle)));
    sentences.add(
        new Sentence(
            Pattern.compile(english.toString(), Pattern.DOTALL), line.substring(middle + 3)));
  }

  String of(String english) {
    if (english == null || english.length() > LONGEST) {
      return english;
    }
    for (var sentence : sentences) {
      var said = sentence.english().matcher(english);
      if (said.matches()) {
        return PLACE
            .matcher(sentence.other())
            .replaceAll(p -> Matcher.quoteReplacement(part(said.group("p" + p.group(1)))));
      }
    }
    return english;
  }

  /** A sentence may hold another one, such as the reason that it gives. */
  private String part(String told) {
    return told.indexOf(' ') < 0 ? told : of(told);
  }
}
