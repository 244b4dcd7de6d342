package dev.hivedeck.engine.api;

import java.util.Optional;

/** Who stands behind a token. */
@FunctionalInterface
public interface Access {
  /** Empty when the token opens nothing. */
  Optional<Caller> check(String token);

  /**
   * @param attempt the attempt that the token was made for; null for a person
   */
  record Caller(String attempt) {
    public static Caller person() {
      return new Caller(null);
    }

    public static Caller attempt(String id) {
      return new Caller(id);
    }

    public boolean isPerson() {
      return attempt == null;
    }
  }
}
