package dev.hivedeck.engine.agent.dialect;

import dev.hivedeck.engine.agent.Fault;
import dev.hivedeck.engine.agent.Permission;
import dev.hivedeck.engine.agent.request.Errand;
import dev.hivedeck.engine.protocol.Act;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;

/** What a {@link Dialect} makes of what an agent prints. */
public sealed interface Heard {

  /** It did something. */
  record Did(Act act) implements Heard {}

  /** The conversation has a name now. */
  record Session(String id) implements Heard {}

  /** Which model answers it. */
  record Model(String name) implements Heard {}

  /** What the whole conversation has used by now, earlier runs of it included. */
  record Total(Act.Spend spend) implements Heard {}

  /** What its present turn has used by now; the turn's own {@link Act.Spend} takes its place. */
  record SoFar(Act.Spend turn) implements Heard {}

  /**
   * Something went wrong.
   *
   * @param until when it will be better, where it says so; else null
   * @param last whether it gave up; else it tries again by itself
   */
  record Trouble(Fault fault, String detail, Instant until, boolean last) implements Heard {

    /**
     * What an agent says of it.
     *
     * @param status of HTTP, 0 where it tells none
     */
    public static Trouble of(int status, String message, Clock clock, boolean last) {
      return new Trouble(Fault.of(status, message), message, Resets.in(message, clock), last);
    }
  }

  /** It goes well again: trouble so far is over. */
  record Well() implements Heard {}

  /** Its tool was not let do something: not yet trouble, unless nothing comes of its work. */
  record Refusal(String detail) implements Heard {}

  /**
   * It wants to be allowed something.
   *
   * @param changes the files that it would change, if it would do nothing else; else empty
   * @param reply what to send it for each answer
   */
  record Wants(
      Permission permission, List<String> changes, Function<Permission.Answer, String> reply)
      implements Heard {

    public Wants(Permission permission, Function<Permission.Answer, String> reply) {
      this(permission, List.of(), reply);
    }
  }

  /**
   * It wants something done for it.
   *
   * @param reply what to send it for each outcome
   */
  record Call(Errand errand, Function<Errand.Outcome, String> reply) implements Heard {}

  /** It is to be sent a line. */
  record Send(String line) implements Heard {}

  /** It has finished what it was told; more may be said to it. */
  record Rests() implements Heard {}

  static List<Heard> did(Act act) {
    return List.of(new Did(act));
  }
}
