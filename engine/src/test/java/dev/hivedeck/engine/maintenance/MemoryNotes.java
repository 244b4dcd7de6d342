package dev.hivedeck.engine.maintenance;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Notes that outlive whoever writes them, as a ledger does, but not the test. */
final class MemoryNotes implements NoteStore {
  private final TreeMap<String, String> all = new TreeMap<>();

  @Override
  public Optional<String> get(String key) {
    return Optional.ofNullable(all.get(key));
  }

  @Override
  public Map<String, String> below(String prefix) {
    var below = new TreeMap<String, String>();
    all.forEach(
        (key, value) -> {
          if (key.startsWith(prefix) && key.length() > prefix.length()) {
            below.put(key.substring(prefix.length()), value);
          }
        });
    return below;
  }

  @Override
  public void write(Map<String, String> values, Set<String> removed) {
    all.putAll(values);
    removed.forEach(all::remove);
  }
}
