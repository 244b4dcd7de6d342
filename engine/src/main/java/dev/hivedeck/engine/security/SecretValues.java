package dev.hivedeck.engine.security;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The secrets that are in use, so that they can be masked wherever they turn up. */
public final class SecretValues {
  private final Map<String, Set<String>> held = new HashMap<>();
  private final Set<String> lasting = new HashSet<>();
  private volatile Set<String> all = Set.of();

  /** Notes values for good, such as those of the user's own variables. */
  public synchronized void add(Collection<String> values) {
    if (lasting.addAll(values)) {
      gather();
    }
  }

  /** Notes the values that one attempt holds, until {@link #forget}. */
  public synchronized void hold(String attempt, Set<String> values) {
    held.put(attempt, Set.copyOf(values));
    gather();
  }

  /** An attempt is over, and what it held opens nothing any more. */
  public synchronized void forget(String attempt) {
    if (held.remove(attempt) != null) {
      gather();
    }
  }

  /** All of them by now. */
  public Set<String> all() {
    return all;
  }

  private void gather() {
    var together = new HashSet<>(lasting);
    held.values().forEach(together::addAll);
    all = Set.copyOf(together);
  }

  /** Whether a variable of this name holds a secret, as far as a name can tell. */
  public static boolean isSecretName(String name) {
    return SecretShapes.isSecretName(name);
  }
}
