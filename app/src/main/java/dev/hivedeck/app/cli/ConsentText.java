package dev.hivedeck.app.cli;

import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.view.WorkspaceViews.Consent;
import dev.hivedeck.engine.protocol.view.WorkspaceViews.ConsentField;
import dev.hivedeck.engine.protocol.view.WorkspaceViews.ConsentItem;
import dev.hivedeck.engine.protocol.view.WorkspaceViews.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** All that a person is asked to consent to, for a terminal; what changed comes first. */
public final class ConsentText {
  private ConsentText() {}

  public static String of(Consent consent) {
    var lines = new ArrayList<String>();
    lines.add(Printable.exact(consent.why()) + ".");
    lines.add("This workspace would run and decide:");
    for (var mark : Mark.values()) {
      consent.items().stream().filter(i -> i.mark() == mark).forEach(i -> item(i, lines));
    }
    lines.add("digest " + consent.digest());
    return lines.stream().map(Printable::line).collect(Collectors.joining("\n"));
  }

  private static void item(ConsentItem item, List<String> lines) {
    lines.add(
        "  "
            + item.kind()
            + " "
            + Printable.exact(item.name())
            + (item.mark() == Mark.SAME ? "" : " (" + item.mark().word() + ")"));
    for (var field : item.fields()) {
      field(field, item.mark() == Mark.REMOVED, lines);
    }
  }

  private static void field(ConsentField field, boolean removed, List<String> lines) {
    String name = "%-12s ".formatted(Printable.exact(field.key()));
    String mark = field.before() != null && !removed ? "  * " : "    ";
    var values = removed ? field.before() : field.values();
    if (values.isEmpty()) {
      lines.add(mark + name + "(not said any more)");
    }
    for (int i = 0; i < values.size(); i++) {
      lines.add(
          mark + (i == 0 ? name : " ".repeat(name.length())) + Printable.exact(values.get(i)));
    }
    if (field.before() != null && !removed) {
      lines.add(
          "      "
              + "%-10s ".formatted("was")
              + (field.before().isEmpty()
                  ? "(not said)"
                  : Printable.exact(String.join(" · ", field.before()))));
    }
  }
}
