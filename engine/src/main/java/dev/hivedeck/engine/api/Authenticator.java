package dev.hivedeck.engine.api;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Sender;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.security.TokenScope;
import java.util.Optional;

/** Who stands behind a token. */
@FunctionalInterface
public interface Authenticator {
  /** Empty when the token opens nothing. */
  Optional<Caller> check(String token);

  /**
   * @param attempt the attempt that the token was made for; null for another
   * @param token the name of a token with a scope; null for another
   * @param scope all that it may do; null for another
   */
  record Caller(String attempt, String token, TokenScope scope) {
    public static Caller person() {
      return new Caller(null, null, null);
    }

    public static Caller attempt(String id) {
      return new Caller(id, null, null);
    }

    /** By a token that may do what its scope says, and nothing else. */
    public static Caller scoped(String token, TokenScope scope) {
      return new Caller(null, token, scope);
    }

    /**
     * Refuses what it may not ask. What other attempts print, and are told, is not for an agent;
     * what a task is told includes what earlier attempts printed.
     *
     * @throws HiveException {@code not-allowed}
     */
    public void mustBeAllowed(Query query) {
      if (isPerson()) {
        return;
      }
      switch (query) {
        case Query q when q.personal() -> throw unreadable("what people did");
        case Query.Thing thing when thing.topic().personal() -> throw unreadable("what people did");
        case Query.Channels _, Query.Notifications _ ->
            throw unreadable("what the receivers of messages answered");
        case Query.Log log when !attempt.equals(log.attempt()) ->
            throw unreadable("the log of " + log.attempt());
        case Query.Brief brief when !attempt.equals(brief.attempt()) ->
            throw unreadable("what " + brief.attempt() + " is told");
        case Query.Prompt prompt when !task().equals(prompt.task()) ->
            throw unreadable("the prompt of " + prompt.task());
        default -> {}
      }
    }

    /** The task that the attempt is at. */
    private String task() {
      return attempt.substring(0, Math.max(0, attempt.lastIndexOf('.')));
    }

    private HiveException unreadable(String what) {
      return new HiveException(
          ErrorCode.NOT_ALLOWED,
          "The token of attempt " + attempt + " may not read " + what + ".",
          "Ask a person, or read your own.");
    }

    /** That it steers nothing. */
    HiveException mayOnlyRead() {
      return new HiveException(
          ErrorCode.NOT_ALLOWED,
          "The token of attempt " + attempt + " may read, not steer.",
          "Ask for a decision instead: {\"hivedeck\":\"ask\", …} on standard output.");
    }

    /** That it does what its scope says, and nothing else. */
    public HiveException outOfScope() {
      return new HiveException(
          ErrorCode.NOT_ALLOWED,
          "The token " + token + " may " + (scope == null ? "" : scope.act()) + ", nothing else.",
          "Use the token of endpoint.json.");
    }

    /** As who sends what comes by an entry point. */
    public Sender by(Sender.EntryPoint entryPoint) {
      return isPerson() ? Sender.person(entryPoint) : new Sender(entryPoint, name());
    }

    public boolean isPerson() {
      return attempt == null && token == null;
    }

    /** Whether it may do what its scope says, and nothing else. */
    public boolean isScoped() {
      return token != null;
    }

    /** Whether it may do this: a person may, and a token of that scope. */
    public boolean may(TokenScope act) {
      return isPerson() || scope == act;
    }

    /** How it is told from others; null for a person. */
    public String name() {
      return token == null ? attempt : "token " + token;
    }
  }
}
