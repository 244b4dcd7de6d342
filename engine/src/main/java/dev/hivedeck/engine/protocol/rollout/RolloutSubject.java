package dev.hivedeck.engine.protocol.rollout;

import java.util.Locale;

/**
 * What a rollout exposes another version of. The {@code service} of a rollout names it: a service
 * by its name alone, others as in {@code flag:new-checkout}.
 *
 * @param name of the service, the flag or the agent
 */
public record RolloutSubject(Kind kind, String name) {

  /** Kinds of them. */
  public enum Kind {
    /** A service behind the gateway: its versions share requests. */
    SERVICE,
    /** A feature flag: its variants share keys. */
    FLAG,
    /** An agent: it and its canary share tasks. */
    AGENT;

    private String prefix() {
      return this == SERVICE ? "" : name().toLowerCase(Locale.ROOT) + ":";
    }
  }

  /** As it is written: {@code orders}, {@code flag:new-checkout}. */
  public static RolloutSubject of(String key) {
    for (var kind : Kind.values()) {
      if (kind != Kind.SERVICE && key.startsWith(kind.prefix())) {
        return new RolloutSubject(kind, key.substring(kind.prefix().length()));
      }
    }
    return new RolloutSubject(Kind.SERVICE, key);
  }

  /** A flag. */
  public static RolloutSubject flag(String name) {
    return new RolloutSubject(Kind.FLAG, name);
  }

  /** An agent. */
  public static RolloutSubject agent(String name) {
    return new RolloutSubject(Kind.AGENT, name);
  }

  /** As it is written, so that {@link #of} reads it. */
  public String key() {
    return kind.prefix() + name;
  }

  /** For people: {@code orders}, {@code flag new-checkout}. */
  public String words() {
    return kind == Kind.SERVICE ? name : kind.name().toLowerCase(Locale.ROOT) + " " + name;
  }
}
