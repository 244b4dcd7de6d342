package dev.hivedeck.engine.api;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query;
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

    /**
     * Refuses what it may not ask. What other attempts print, and are told, is not for an agent.
     *
     * @throws HiveException {@code not-allowed}
     */
    public void mustBeAllowed(Query query) {
      String of = query instanceof Query.Log log ? log.attempt() : attempt;
      if (!isPerson() && !attempt.equals(of)) {
        throw new HiveException(
            "not-allowed",
            "The token of attempt " + attempt + " may not read the log of " + of + ".",
            "Ask a person, or read your own.");
      }
    }

    public boolean isPerson() {
      return attempt == null;
    }
  }
}
