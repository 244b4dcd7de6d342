package dev.hivedeck.engine.simulator;

import dev.hivedeck.engine.simulator.Scenario.Call;
import dev.hivedeck.engine.simulator.Scenario.Step;
import java.util.ArrayList;
import java.util.List;

/**
 * What the model says to one request.
 *
 * @param call the tool that it uses, or null
 */
record ScriptedReply(String text, Call call) {
  /** Tokens that every answer is said to have taken: those in, those of them from a cache, out. */
  static final int IN = 1_000;

  static final int CACHED = 100;
  static final int OUT = 50;

  /** How many letters come at once. */
  private static final int PIECE = 12;

  /** The step in words that this agent understands: the first call that it offers a tool for. */
  static ScriptedReply of(Step.Reply reply, List<String> tools) {
    return reply.calls().stream()
        .filter(call -> tools.contains(call.tool()))
        .findFirst()
        .map(call -> new ScriptedReply(reply.text(), call))
        .orElseGet(
            () ->
                new ScriptedReply(
                    reply.calls().isEmpty()
                        ? reply.text()
                        : reply.text()
                            + " [no scripted tool offered; saw: "
                            + String.join(",", tools)
                            + "]",
                    null));
  }

  /** The text as it is streamed. */
  List<String> pieces() {
    var pieces = new ArrayList<String>();
    for (int from = 0; from < text.length(); ) {
      int to = Math.min(text.length(), from + PIECE);
      if (to < text.length() && Character.isHighSurrogate(text.charAt(to - 1))) {
        to++;
      }
      pieces.add(text.substring(from, to));
      from = to;
    }
    return pieces;
  }
}
