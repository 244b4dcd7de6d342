package dev.hivedeck.engine.agent.dialect;

import dev.hivedeck.engine.agent.FailureClassifier;
import dev.hivedeck.engine.agent.Permission;
import dev.hivedeck.engine.agent.request.ClientRequest;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.failure.FailureReason;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;

/** What a {@link Dialect} makes of what an agent prints. */
public sealed interface DialectEvent {

  /** It did something. */
  record Did(Act act) implements DialectEvent {}

  /** The conversation has a name now. */
  record Session(String id) implements DialectEvent {}

  /** Which model answers it. */
  record Model(String name) implements DialectEvent {}

  /** What the whole conversation has used by now, earlier runs of it included. */
  record Total(Act.Spend spend) implements DialectEvent {}

  /** What its present turn has used by now; the turn's own {@link Act.Spend} takes its place. */
  record SpendSoFar(Act.Spend turn) implements DialectEvent {}

  /**
   * Something went wrong.
   *
   * @param until when it will be better, where it says so; else null
   * @param last whether it gave up; else it tries again by itself
   */
  record Trouble(FailureReason fault, String detail, Instant until, boolean last)
      implements DialectEvent {

    /**
     * What an agent says of it.
     *
     * @param status of HTTP, 0 where it tells none
     */
    public static Trouble of(int status, String message, Clock clock, boolean last) {
      return new Trouble(
          FailureClassifier.of(status, message), message, RateLimitReset.in(message, clock), last);
    }
  }

  /** It goes well again: trouble so far is over. */
  record Recovered() implements DialectEvent {}

  /** Its tool was not let do something: not yet trouble, unless nothing comes of its work. */
  record Refusal(String detail) implements DialectEvent {}

  /**
   * It wants to be allowed something.
   *
   * @param changes the files that it would change, if it would do nothing else; else empty
   * @param reply what to send it for each answer
   */
  record PermissionWanted(
      Permission permission, List<String> changes, Function<Permission.Answer, String> reply)
      implements DialectEvent {

    public PermissionWanted(Permission permission, Function<Permission.Answer, String> reply) {
      this(permission, List.of(), reply);
    }
  }

  /**
   * It wants something done for it.
   *
   * @param reply what to send it for each outcome
   */
  record Call(ClientRequest errand, Function<ClientRequest.Outcome, String> reply)
      implements DialectEvent {}

  /** It is to be sent a line. */
  record Send(String line) implements DialectEvent {}

  /** It has finished what it was told; more may be said to it. */
  record Idle() implements DialectEvent {}

  static List<DialectEvent> did(Act act) {
    return List.of(new Did(act));
  }
}
