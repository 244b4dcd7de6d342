package dev.hivedeck.app.cli;

import dev.hivedeck.engine.protocol.Query.Hold;

/** Why a task is not being worked on, for a terminal. */
public final class HoldText {
  private HoldText() {}

  public static String words(Hold hold) {
    String what = hold.what();
    return switch (hold.code()) {
      case "no-engine" -> "No engine runs: hivedeck run, or hivedeck serve.";
      case "untrusted" -> "The commands of the workspace are not trusted yet: hivedeck trust.";
      case "hive-paused" -> "The hive is paused: hivedeck start.";
      case "needs" -> "It needs what is not on main yet: " + what + ".";
      case "delayed" -> "It is tried again at " + what + ".";
      case "paused" -> "It is paused: hivedeck task resume.";
      case "decision" -> "It waits for your answer to " + what + ": hivedeck decisions.";
      case "change" ->
          "Its work is done; hivedeck change show %s tells how that goes on.".formatted(what);
      case "waiting" -> "It waits: " + what;
      case "dead" -> "It is a dead letter: " + what;
      case "limit" -> what + " agents work: no more may at once (hivedeck start --agents N).";
      case "capability" -> "As many work at once as may with " + what + ".";
      case "agent-missing" -> "No agent is called " + what + ".";
      case "no-agent" ->
          what.isEmpty()
              ? "No agent works here yet: hivedeck init proposes some."
              : "No agent can do all of: " + what + ".";
      case "agent-paused" -> what + " is paused: hivedeck agent resume " + what + ".";
      case "agent-budget" -> what + " has spent what it may today.";
      case "agent-rests" ->
          what + " is left alone for a while: its program failed again and again.";
      case "agent-busy" -> what.replaceFirst(": ", " is busy with ") + ".";
      case "budget", "outage" -> what;
      case "policy" -> what + ": hivedeck slo policy.";
      case "machine" -> "The machine takes no more now: " + what + ".";
      case "next" ->
          what.equals("0") ? "Nothing: it is next." : "Nothing: " + what + " are before it.";
      default -> hold.code() + " " + what;
    };
  }
}
