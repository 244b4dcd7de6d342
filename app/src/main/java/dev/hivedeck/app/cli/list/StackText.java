package dev.hivedeck.app.cli.list;

import dev.hivedeck.engine.protocol.view.ChangeViews.Change;

/** Says where a change stands in its stack. */
public final class StackText {
  private StackText() {}

  /** For a table: {@code 2 of 3}; empty where it is alone. */
  static String place(Change c) {
    return c.stack() == null || c.stack().members().isEmpty()
        ? ""
        : "%d of %d".formatted(c.stack().place(c.id()), c.stack().members().size());
  }

  /** In a sentence; empty where it is alone, and was never split. */
  public static String words(Change c) {
    var stack = c.stack();
    if (stack == null) {
      return "";
    }
    if (!stack.parts().isEmpty()) {
      return "split into " + String.join(", ", stack.parts());
    }
    String part = stack.of() == null ? "" : "part of " + stack.of();
    if (stack.members().isEmpty()) {
      return part;
    }
    String on = stack.below() == null ? "main" : stack.below();
    return "%s, on %s%s · %s"
        .formatted(
            place(c), on, part.isEmpty() ? "" : ", " + part, String.join(" < ", stack.members()));
  }
}
