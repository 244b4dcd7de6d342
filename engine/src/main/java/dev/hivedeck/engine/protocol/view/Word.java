package dev.hivedeck.engine.protocol.view;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Enums whose word on the wire is their name in lower case. */
public interface Word {
  String name();

  @JsonValue
  default String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Its name in kebab-case, as enums of several words are written. */
  static String kebab(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static <E extends Enum<E>> E parse(Class<E> type, String word) {
    return Enum.valueOf(type, word.toUpperCase(Locale.ROOT));
  }
}
