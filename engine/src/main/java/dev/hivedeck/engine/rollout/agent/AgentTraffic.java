package dev.hivedeck.engine.rollout.agent;

import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.rollout.RolloutConfig;
import dev.hivedeck.engine.protocol.rollout.RolloutSubject;
import dev.hivedeck.engine.rollout.bucketing.Split;
import dev.hivedeck.engine.rollout.traffic.Traffic;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Agents as rollouts rule and count them. Tasks that would go to an agent are the traffic, and go
 * to it or to its canary by the bucket of their id, so that a retry stays on its side. What is
 * counted are attempts that the split gave, and that say something of who made them: those that
 * passed all gates, and those that did not.
 */
public final class AgentTraffic implements Traffic {
  /** Attempts of which it is known that the split gave them: more are never at work. */
  private static final int MOST = 10_000;

  private final Supplier<HiveConfig> config;
  private final Map<String, Split> rules = new ConcurrentHashMap<>();
  private final Map<String, Counts> counts = new ConcurrentHashMap<>();
  private final Map<String, String> given =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > MOST;
        }
      };

  /**
   * @param config in force; empty before a person consented
   */
  public AgentTraffic(Supplier<HiveConfig> config) {
    this.config = config;
  }

  /** A pair of hive.yaml: an agent, and the one that is to take its place. */
  private record Pair(String stable, String canary) {}

  private @Nullable Pair pair(String agent) {
    for (RolloutConfig plan : config.get().rollouts().values()) {
      String canary = plan.canary();
      if (canary != null) {
        String stable = RolloutSubject.of(plan.service()).name();
        if (agent.equals(stable) || agent.equals(canary)) {
          return new Pair(stable, canary);
        }
      }
    }
    return null;
  }

  private Split split(Pair pair) {
    var rule = rules.get(pair.stable());
    return rule == null ? Split.all(pair.stable()) : rule;
  }

  /** The agent whose tasks it shares; empty where it is no canary of hive.yaml. */
  public Optional<String> stableOf(String canary) {
    var pair = pair(canary);
    return pair != null && pair.canary().equals(canary)
        ? Optional.of(pair.stable())
        : Optional.empty();
  }

  /**
   * Whether there can be a task that {@link #fits}: of two that share tasks, the one that has no
   * share at all is given none but those that name it.
   *
   * @param assigned whom the tasks are with; null for whoever is free
   */
  public boolean gives(String agent, @Nullable String assigned) {
    var pair = pair(agent);
    return pair == null
        || (names(pair, assigned) ? agent.equals(assigned) : split(pair).weight(agent) > 0);
  }

  /**
   * Whom a task is with that comes back from an agent: from a canary that the split chose, the one
   * whose tasks it shares, so that the split decides again.
   *
   * @param assigned whom it was with before; null for whoever was free
   */
  public String keeper(String agent, @Nullable String assigned) {
    var pair = pair(agent);
    return pair == null || names(pair, assigned) ? agent : pair.stable();
  }

  /** A task that names the canary is in no split. */
  private static boolean names(Pair pair, @Nullable String assigned) {
    return pair.canary().equals(assigned);
  }

  /**
   * Whether an agent may get a task that waits: each, but of two that share tasks only the one on
   * whose side it is. Whoever names a canary gets it.
   *
   * @param assigned whom the task is with; null for whoever is free
   */
  public boolean fits(String agent, @Nullable String assigned, String task) {
    var pair = pair(agent);
    if (pair == null) {
      return true;
    }
    if (names(pair, assigned)) {
      return agent.equals(assigned);
    }
    return split(pair).version(task).equals(agent);
  }

  /** Notes that an attempt began. */
  public void began(String attempt, String agent, @Nullable String assigned) {
    var pair = pair(agent);
    if (pair != null && !names(pair, assigned)) {
      synchronized (given) {
        given.put(attempt, pair.stable());
      }
    }
  }

  /** Counts an attempt that is over and says something of its agent. */
  public void ended(String attempt, String agent, boolean verified) {
    String stable;
    synchronized (given) {
      stable = given.remove(attempt);
    }
    if (stable != null) {
      counts.merge(
          stable + " " + agent,
          new Counts(1, verified ? 0 : 1, 0, 0),
          (a, b) -> new Counts(a.requests() + b.requests(), a.errors() + b.errors(), 0, 0));
    }
  }

  private static String name(String subject) {
    return RolloutSubject.of(subject).name();
  }

  private Optional<Pair> led(String subject) {
    var pair = pair(name(subject));
    return pair != null && pair.stable().equals(name(subject))
        ? Optional.of(pair)
        : Optional.empty();
  }

  @Override
  public Set<String> services() {
    var all = new TreeSet<String>();
    for (RolloutConfig plan : config.get().rollouts().values()) {
      if (plan.canary() != null) {
        all.add(plan.service());
      }
    }
    return all;
  }

  @Override
  public Set<String> versions(String subject) {
    return led(subject).map(p -> Set.of(p.stable(), p.canary())).orElse(Set.of());
  }

  @Override
  public Set<String> present(String subject) {
    var there = new TreeSet<>(versions(subject));
    there.retainAll(config.get().agents().keySet());
    return there;
  }

  @Override
  public Optional<Split> split(String subject) {
    return led(subject).map(this::split);
  }

  @Override
  public boolean isRuled(String subject) {
    return rules.containsKey(name(subject));
  }

  @Override
  public synchronized Split weigh(String subject, Map<String, Integer> buckets) {
    var split =
        split(subject)
            .orElseThrow(() -> new IllegalArgumentException("There is no " + subject + "."))
            .to(buckets);
    rules.put(name(subject), split);
    return split;
  }

  @Override
  public synchronized void restore(String subject, Split split) {
    rules.put(name(subject), split);
  }

  @Override
  public synchronized void release(String subject) {
    rules.remove(name(subject));
  }

  @Override
  public Counts counts(String subject, String version, Duration slow) {
    return counts.getOrDefault(name(subject) + " " + version, new Counts(0, 0, 0, 0));
  }

  @Override
  public Optional<String> route(String subject) {
    return led(subject).map(p -> version(p.stable()) + " → " + version(p.canary()));
  }

  private String version(String agent) {
    AgentSpec spec = config.get().agents().get(agent);
    return spec == null ? agent : agent + " " + spec.version() + " " + spec.model();
  }

  @Override
  public String gone(String subject) {
    return "hive.yaml has no rollout of the agent " + name(subject) + " any more";
  }

  @Override
  public String gone(String subject, String version) {
    return "hive.yaml has no agent " + version + " any more";
  }
}
