package dev.hivedeck.engine.agent.dialect;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an agent has begun, by name. Only so many of the latest are kept, for nothing makes it end
 * what it begins.
 */
public final class BoundedMap<V> {
  private static final int MOST = 64;

  private final Map<String, V> all =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
          return size() > MOST;
        }
      };

  public void put(String name, V value) {
    all.put(name, value);
  }

  /** Null when there is none. */
  public V get(String name) {
    return all.get(name);
  }

  /** Null when there is none. */
  public V remove(String name) {
    return all.remove(name);
  }

  public Collection<V> values() {
    return all.values();
  }

  public void clear() {
    all.clear();
  }
}
