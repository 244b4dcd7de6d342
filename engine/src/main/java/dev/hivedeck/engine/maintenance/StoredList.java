package dev.hivedeck.engine.maintenance;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.hivedeck.engine.protocol.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A short list that is written down whole with each change. */
final class StoredList<T> {
  private final NoteStore notes;
  private final String key;
  private volatile List<T> all;

  StoredList(NoteStore notes, String key, TypeReference<List<T>> type) {
    this.notes = notes;
    this.key = key;
    this.all = notes.get(key).map(noted -> read(noted, type)).orElse(List.of());
  }

  private static <T> List<T> read(String noted, TypeReference<List<T>> type) {
    try {
      return List.copyOf(Json.MAPPER.readValue(noted, type));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<T> all() {
    return all;
  }

  void write(List<T> now) {
    all = List.copyOf(now);
    notes.write(Map.of(key, Json.write(all)), Set.of());
  }

  void add(T one) {
    var now = new ArrayList<>(all);
    now.add(one);
    write(now);
  }

  void remove(T one) {
    write(all.stream().filter(other -> !other.equals(one)).toList());
  }
}
